use std::cmp::Ordering;
use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_resources::{MAX_PAGE, Store, Stored};
use bastide_shape::Document;

use super::all;
use crate::paging::Paging;
use crate::resolve::{find_backup, of_backup};
use crate::stored::{Backup, Shared};
use crate::{refusal, show};

/// The most backups of one page.
const PAGE: usize = 50;
const FILTERS: [&str; 5] = ["backupIds", "sourceBackupIds", "clusterIds", "states", "neverExpires"];

/// DescribeBackups: those that all filters let through, newest first unless `SortAscending`. With `Shared`, those of
/// other accounts whose policies let the caller see them.
///
/// # Errors
/// `CloudHsmInvalidRequestException` for an unknown filter, or a token of something else.
pub(crate) async fn describe_backups(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, PAGE)?;
    let ascending = call.input().bool("SortAscending") == Some(true);
    let mut backups = if call.input().bool("Shared") == Some(true) {
        shared(call).await?
    } else {
        all(call.store(), call.place(), call.now()).await?
    };
    filter(&mut backups, call.input())?;
    let order = |one: &Order, other: &Order| if ascending { one.cmp(other) } else { other.cmp(one) };
    backups.sort_by(|one, other| order(&Order::of(one), &Order::of(other)));
    let comes_after = |after: &str, backup: &Arc<Stored<Backup>>| {
        Order::parse(after).is_none_or(|after| order(&Order::of(backup), &after) == Ordering::Greater)
    };
    Ok(paging.cut(
        "Backups",
        &backups,
        |backup| Order::of(backup).text(),
        comes_after,
        |backup| show::backup(backup),
    ))
}

/// Where a backup stands in the list: by its time, then by its id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Order(i64, String);

impl Order {
    fn of(backup: &Stored<Backup>) -> Self {
        Self(backup.created.millis(), backup.key.id.clone())
    }

    fn text(&self) -> String {
        format!("{} {}", self.0, self.1)
    }

    fn parse(text: &str) -> Option<Self> {
        let (time, id) = text.split_once(' ')?;
        Some(Self(time.parse().ok()?, id.to_owned()))
    }
}

/// Keeps those that all filters let through.
///
/// # Errors
/// `CloudHsmInvalidRequestException` for an unknown filter.
fn filter(backups: &mut Vec<Arc<Stored<Backup>>>, input: &Document) -> Result<(), Failure> {
    let Some(filters) = input.map("Filters") else { return Ok(()) };
    for (name, _) in filters.iter() {
        if !FILTERS.contains(&name.as_ref()) {
            let message = format!("Filter {name} is not supported; use one of {}.", FILTERS.join(", "));
            return Err(refusal::invalid(message));
        }
        let wanted: Vec<_> = filters.strings(name).collect();
        backups.retain(|backup| match name.as_ref() {
            "backupIds" => wanted.contains(&backup.key.id.as_str()),
            "sourceBackupIds" => {
                backup.origin.as_ref().is_some_and(|origin| wanted.contains(&origin.backup.as_str()))
            }
            "clusterIds" => wanted.contains(&backup.cluster.as_str()),
            "states" => wanted.contains(&backup.state.as_str()),
            _ => wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(&backup.never_expires.to_string())),
        });
    }
    Ok(())
}

/// The backups of other accounts in this region that the caller may see. AWS lists them once their share is one of
/// Resource Access Manager's; here the policy is enough.
async fn shared(call: &Permitted) -> Result<Vec<Arc<Stored<Backup>>>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let prefix = Shared::prefix(call.place());
        let page = call.store().list::<Shared>(&Store::global(), &prefix, after.as_deref(), MAX_PAGE).await?;
        for entry in &page.items {
            let foreign = entry.place.account != call.caller().account
                && entry.place.partition == call.place().partition;
            let backup = find_backup(call.store(), &entry.place, &entry.backup, call.now()).await?;
            if let Some(backup) = backup.filter(|_| foreign)
                && call.require("cloudhsm:DescribeBackups", &of_backup(&backup)).await.is_ok()
            {
                found.push(backup);
            }
        }
        after = page.items.last().map(|entry| entry.key.id.clone());
        if !page.more {
            return Ok(found);
        }
    }
}
