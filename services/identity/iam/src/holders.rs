//! Users, groups and roles as those who hold policies.

use bastide_door::Failure;

use crate::errors::protected;
use crate::lookup::Named;
use crate::model::{AttachedPolicy, Group, InlinePolicy, Role, User};

/// What policies can be embedded in and attached to.
pub(crate) trait Holder: Named {
    /// The input member that names it.
    const MEMBER: &'static str;
    /// The most characters of all its inline policies together, white space not counted.
    const INLINE_MOST: usize;
    /// What the quota of attached policies is called.
    const ATTACHED_QUOTA: &'static str;

    fn inline(&self) -> &Vec<InlinePolicy>;

    fn attached(&self) -> &Vec<AttachedPolicy>;

    fn inline_mut(&mut self) -> &mut Vec<InlinePolicy>;

    fn attached_mut(&mut self) -> &mut Vec<AttachedPolicy>;

    /// Whether its policies may be changed.
    fn changeable(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// The most managed policies that are attached to one user, group or role.
pub(crate) const ATTACHED_MOST: usize = 10;

macro_rules! holder {
    ($($type:ty, $member:literal, $inline:literal, $quota:literal $(, $changeable:item)?;)*) => {$(
        impl Holder for $type {
            const MEMBER: &'static str = $member;
            const INLINE_MOST: usize = $inline;
            const ATTACHED_QUOTA: &'static str = $quota;

            fn inline(&self) -> &Vec<InlinePolicy> {
                &self.inline
            }

            fn attached(&self) -> &Vec<AttachedPolicy> {
                &self.attached
            }

            fn inline_mut(&mut self) -> &mut Vec<InlinePolicy> {
                &mut self.inline
            }

            fn attached_mut(&mut self) -> &mut Vec<AttachedPolicy> {
                &mut self.attached
            }

            $($changeable)?
        }
    )*};
}
holder! {
    User, "UserName", 2048, "PoliciesPerUser";
    Group, "GroupName", 5120, "PoliciesPerGroup";
    Role, "RoleName", 10240, "PoliciesPerRole",
        fn changeable(&self) -> Result<(), Failure> {
            changeable_role(self)
        };
}

/// Whether somebody else than the service that a role is linked to may change it.
pub(crate) fn changeable_role(role: &Role) -> Result<(), Failure> {
    if role.linked_service.is_some() { Err(protected(&role.name)) } else { Ok(()) }
}
