//! Operations: custom detection rules.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    ListCustomDetectionRules = operation(Access::List)
        .http("POST", "/custom-detection-rule/rule", 200)
        .input(&ListCustomDetectionRulesRequest)
        .output(&ListCustomDetectionRulesResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException]);
    GetCustomDetectionRule = operation(Access::Read)
        .http("GET", "/custom-detection-rule/rule/{RuleId}", 200)
        .input(&GetCustomDetectionRuleRequest)
        .output(&GetCustomDetectionRuleResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ])
        .on(&[target("rule", "RuleId")]);
    CreateCustomDetectionRuleAssociation = operation(Access::Write)
        .http("POST", "/custom-detection-rule/association", 200)
        .input(&CreateCustomDetectionRuleAssociationRequest)
        .output(&CreateCustomDetectionRuleAssociationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &ConflictException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ]);
    GetCustomDetectionRuleAssociation = operation(Access::Read)
        .http("GET", "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}", 200)
        .input(&GetCustomDetectionRuleAssociationRequest)
        .output(&GetCustomDetectionRuleAssociationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ])
        .on(&[target("rule-association", "AssociationId")]);
    ListCustomDetectionRuleAssociations = operation(Access::List)
        .http("GET", "/custom-detection-rule/association", 200)
        .input(&ListCustomDetectionRuleAssociationsRequest)
        .output(&ListCustomDetectionRuleAssociationsResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException]);
    UpdateCustomDetectionRuleAssociation = operation(Access::Write)
        .http("PUT", "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}", 200)
        .input(&UpdateCustomDetectionRuleAssociationRequest)
        .output(&UpdateCustomDetectionRuleAssociationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &ConflictException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ])
        .on(&[target("rule-association", "AssociationId")]);
    DeleteCustomDetectionRuleAssociation = operation(Access::Write)
        .http("DELETE", "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}", 200)
        .input(&DeleteCustomDetectionRuleAssociationRequest)
        .output(&DeleteCustomDetectionRuleAssociationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ])
        .on(&[target("rule-association", "AssociationId")]);
    CreateCustomDetectionRuleOrgConfiguration = operation(Access::Write)
        .http("POST", "/custom-detection-rule/org-configuration", 200)
        .input(&CreateCustomDetectionRuleOrgConfigurationRequest)
        .output(&CreateCustomDetectionRuleOrgConfigurationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &ConflictException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ]);
    GetCustomDetectionRuleOrgConfiguration = operation(Access::Read)
        .http("GET", "/custom-detection-rule/org-configuration/{RuleId}", 200)
        .input(&GetCustomDetectionRuleOrgConfigurationRequest)
        .output(&GetCustomDetectionRuleOrgConfigurationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ]);
    ListCustomDetectionRuleOrgConfigurations = operation(Access::List)
        .http("GET", "/custom-detection-rule/org-configuration", 200)
        .input(&ListCustomDetectionRuleOrgConfigurationsRequest)
        .output(&ListCustomDetectionRuleOrgConfigurationsResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException]);
    UpdateCustomDetectionRuleOrgConfiguration = operation(Access::Write)
        .http("PUT", "/custom-detection-rule/org-configuration/{RuleId}", 200)
        .input(&UpdateCustomDetectionRuleOrgConfigurationRequest)
        .output(&UpdateCustomDetectionRuleOrgConfigurationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &ConflictException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ]);
    DeleteCustomDetectionRuleOrgConfiguration = operation(Access::Write)
        .http("DELETE", "/custom-detection-rule/org-configuration/{RuleId}", 200)
        .input(&DeleteCustomDetectionRuleOrgConfigurationRequest)
        .output(&DeleteCustomDetectionRuleOrgConfigurationResponse)
        .errors(&[
            &AccessDeniedException, &BadRequestException, &ConflictException, &InternalServerErrorException,
            &ResourceNotFoundException,
        ]);
}
