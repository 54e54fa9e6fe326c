use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_ids::Uuid;
use bastide_resources::{Key, Store, Stored};

use super::{Machine, Stopped, Trouble, Work};
use crate::names;
use crate::stored::{Backup, BackupState, Cluster, Content, Part};

/// The largest backup, in bytes: an HSM holds some thousands of keys.
const LARGEST: usize = 256 << 20;

impl Work {
    /// Has an HSM make a backup, and writes it together with the changed cluster.
    pub(super) async fn back_up(
        &self,
        read: &Stored<Cluster>,
        mut cluster: Cluster,
        from: &Machine,
    ) -> Result<(), Stopped> {
        let asked = from.clone();
        let bytes = self.ask(move |machines| machines.backup(&asked)).await?;
        if bytes.len() > LARGEST {
            return Err(Trouble::Refused(format!("a backup of {} bytes is too large", bytes.len())).into());
        }
        let (place, now) = (&read.key.place, self.clock.now());
        let content = Uuid::random().to_string();
        let mut changes = self.changes();
        let parts: Vec<_> = bytes.chunks(Part::SIZE).collect();
        let whole = Content { created: now, parts: parts.len() };
        changes.create(&Store::global(), content.clone(), whole);
        for (number, part) in parts.into_iter().enumerate() {
            changes.create(&Store::global(), Part::id(&content, number), Part { bytes: BASE64.encode(part) });
        }
        cluster.content = Some(content.clone());
        cluster.backed_up = Some(now);
        let backup = Backup {
            created: now,
            cluster: read.key.id.clone(),
            state: BackupState::Ready,
            never_expires: false,
            origin: None,
            hsm_type: cluster.hsm_type.clone(),
            mode: cluster.mode.clone(),
            level: cluster.level,
            certificate: cluster.certificates.cluster.clone(),
            trust_anchor: cluster.certificates.trust_anchor.clone(),
            tags: std::collections::BTreeMap::new(),
            policy: None,
            content,
        };
        changes.create(place, names::new_id("backup"), backup).update(read, cluster);
        self.commit(changes).await
    }

    /// The content of a backup.
    pub(super) async fn content(&self, id: &str) -> Result<Vec<u8>, Stopped> {
        let missing = || Trouble::Refused(format!("the content `{id}` of a backup is missing or damaged"));
        let whole = self.store.find::<Content>(&Store::global(), id).await?.ok_or_else(missing)?;
        let mut bytes = Vec::new();
        for number in 0..whole.parts {
            let part = self.store.find::<Part>(&Store::global(), &Part::id(id, number)).await?;
            let part = part.ok_or_else(missing)?;
            bytes.extend(BASE64.decode(&part.bytes).map_err(|_| missing())?);
        }
        Ok(bytes)
    }

    /// Deletes a content, unless a backup or a cluster still refers to it.
    pub(super) async fn drop_content(&self, id: &str) -> Result<(), Stopped> {
        let Some(whole) = self.store.find::<Content>(&Store::global(), id).await? else { return Ok(()) };
        let mut changes = self.changes();
        changes.expect_unreferenced("content", &Key::of::<Content>(&Store::global(), id)).delete(&whole);
        for number in 0..whole.parts {
            if let Some(part) = self.store.find::<Part>(&Store::global(), &Part::id(id, number)).await? {
                changes.delete(&part);
            }
        }
        match self.commit(changes).await {
            // It is referred to.
            Err(Stopped::Conflict) => Ok(()),
            done => done,
        }
    }
}
