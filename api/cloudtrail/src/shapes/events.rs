//! Shapes: events.

use bastide_shape::{enumeration, integer, list, member, shapes, string, structure, timestamp};

shapes! {
    LookupEventsRequest = structure(&[
        member("LookupAttributes", &LookupAttributesList),
        member("StartTime", &Date),
        member("EndTime", &Date),
        member("EventCategory", &EventCategory),
        member("MaxResults", &MaxResults),
        member("NextToken", &NextToken),
    ]);
    LookupAttributesList = list(&member("member", &LookupAttribute));
    LookupAttribute = structure(&[
        member("AttributeKey", &LookupAttributeKey).required(),
        member("AttributeValue", &LookupAttributeValue).required(),
    ]);
    LookupAttributeKey = enumeration(&[
        "EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource",
        "AccessKeyId",
    ]);
    LookupAttributeValue = string().length(1, 2000);
    Date = timestamp();
    EventCategory = enumeration(&["insight"]);
    MaxResults = integer().range(1, 50);
    NextToken = string();
    LookupEventsResponse = structure(&[
        member("Events", &EventsList),
        member("NextToken", &NextToken),
    ]);
    EventsList = list(&member("member", &Event));
    Event = structure(&[
        member("EventId", &String),
        member("EventName", &String),
        member("ReadOnly", &String),
        member("AccessKeyId", &String),
        member("EventTime", &Date),
        member("EventSource", &String),
        member("Username", &String),
        member("Resources", &ResourceList),
        member("CloudTrailEvent", &String),
    ]);
    String = string();
    ResourceList = list(&member("member", &Resource));
    Resource = structure(&[
        member("ResourceType", &String),
        member("ResourceName", &String),
    ]);
}
