//! Following this node's events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_detect::{Mode, Settings};
use bastide_events::{EventLog, Position};
use bastide_ids::Timestamp;
use bastide_logs::{Record, cloudtrail};
use bastide_resources::{Changes, Store, Stored};
use bytes::Bytes;

use super::feed::{Found, Signals, Since, Watched};
use super::rules::Read;
use super::usage::Counted;
use super::{Stopped, TICK, Work};
use crate::stored::{Cursor, Detector, Realm};

/// At its start the engine is shown so much again.
const AGAIN: Duration = Duration::from_secs(30 * 86_400);
/// Events are read so many at a time.
const AT_ONCE: usize = 4_000;
/// When all that has come was looked at, it is waited so long for more: each look has a price.
const PAUSE: Duration = Duration::from_millis(150);
/// What is found is kept at once, and that more was seen of what is known as often as this: a commit has a price.
const MORE: Duration = Duration::from_secs(1);
/// How often it is written down how far it has come, when nothing was found.
const SAVE: Duration = Duration::from_secs(5);
/// No event is from further ahead than this, whatever it says.
const AHEAD: Duration = Duration::from_secs(300);

/// How far this node's events were followed.
struct Progress {
    at: Position,
    /// Up to here events are shown again; nothing new is found in them.
    again: Position,
    /// As it was last written down.
    cursor: Option<Arc<Stored<Cursor>>>,
    saved: Instant,
    /// What was counted and not written down.
    counted: Vec<Counted>,
    /// What was found and not kept, and since when something has been.
    found: Found,
    kept: Instant,
    accounts: usize,
    /// The associations of rules that the engine knows.
    rules: Read,
    /// Matches of dry runs that are not written down.
    signals: Signals,
}

impl Work {
    /// Follows this node's events for as long as somebody has a detector.
    pub(super) async fn follow(&self) {
        loop {
            match self.follow_while_wanted().await {
                Ok(false) => {}
                Ok(true) => {
                    self.feed.with(Watched::stop).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "events are not looked through; it is tried again");
                    self.feed.with(Watched::stop).await;
                }
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Gives whether there was something to follow for.
    async fn follow_while_wanted(&self) -> Result<bool, Stopped> {
        if self.realms().await?.is_empty() {
            return Ok(false);
        }
        let events = Arc::clone(&self.setting.door.trunks().events);
        let mut progress = self.start(&*events).await?;
        let mut looked = Instant::now();
        loop {
            let waited = tokio::time::timeout(TICK, events.wait(progress.at)).await;
            if waited.is_ok() {
                let batch = events.bodies(progress.at, AT_ONCE).await?;
                self.look(&mut progress, batch).await?;
                if progress.at >= events.last() {
                    tokio::time::sleep(PAUSE).await;
                }
            } else {
                self.look(&mut progress, Vec::new()).await?;
            }
            if looked.elapsed() >= TICK {
                looked = Instant::now();
                if !self.is_wanted(&mut progress).await? {
                    return Ok(true);
                }
            }
        }
    }

    /// Somebody has a detector, and the store is the one that it was: dev mode may forget everything.
    async fn is_wanted(&self, progress: &mut Progress) -> Result<bool, Stopped> {
        let realms = self.realms().await?;
        if realms.len() != progress.accounts {
            progress.accounts = realms.len();
            let settings = settings(&realms);
            self.feed.with(move |watched| watched.engine().map(|engine| engine.set_settings(settings))).await;
        }
        let there = self.store().find::<Cursor>(&Store::global(), self.node()).await?;
        Ok(!realms.is_empty() && there.is_some() == progress.cursor.is_some())
    }

    async fn start(&self, events: &dyn EventLog) -> Result<Progress, Stopped> {
        let realms = self.realms().await?;
        let cursor = self.store().find::<Cursor>(&Store::global(), self.node()).await?;
        let again = cursor.as_ref().map_or(Position::START, |cursor| Position(cursor.position));
        let at = since(events, self.now().minus(AGAIN)).await?;
        let settings = settings(&realms);
        // Known from the start on: logs of other places may be shown before its own events are.
        let (since, mut rules) = (self.since().await?, Read::default());
        let at_work = self.changed_rules(&mut rules).await?;
        let start = move |watched: &mut Watched| {
            watched.start(settings);
            watched.set_since(since);
            watched.set_rules(at_work);
        };
        self.feed.with(start).await;
        self.read_all_lists().await?;
        tracing::debug!(from = at.0, again = again.0, "events are looked through");
        let (counted, found) = (Vec::new(), Found::new());
        let (saved, kept) = (Instant::now(), Instant::now());
        self.tell_dry_runs().await?;
        let signals = Signals::new();
        let accounts = realms.len();
        Ok(Progress { at, again, cursor, saved, counted, found, kept, accounts, rules, signals })
    }

    /// Shows the engine some events, and keeps what comes of it.
    async fn look(&self, progress: &mut Progress, mut batch: Vec<(Position, Bytes)>) -> Result<(), Stopped> {
        let now = self.now();
        // What is shown again ends with the last event that was seen; what follows is new.
        let split = batch.partition_point(|(position, _)| *position <= progress.again);
        let new = batch.split_off(split);
        let last = new.last().or(batch.last()).map(|(position, _)| *position);
        let replaying = progress.at < progress.again && new.is_empty() && !batch.is_empty();
        // Asked after the events were read: a detector that one of them made is known.
        let since = self.since().await?;
        let rules = self.changed_rules(&mut progress.rules).await?;
        let shown = self.feed.with(move |watched| {
            let horizon = now.plus(AHEAD);
            let at_work = Instant::now();
            if let Some(engine) = watched.engine() {
                engine.set_horizon(horizon);
            }
            watched.set_since(since);
            watched.set_rules(rules);
            show(watched, Mode::Replay, &batch);
            show(watched, Mode::Live, &new);
            if !replaying {
                watched.set_mode(Mode::Live);
                if let Some(engine) = watched.engine() {
                    engine.tick(now);
                }
            }
            tracing::trace!(events = batch.len() + new.len(), took = ?at_work.elapsed(), "shown");
            let counted = if replaying { Counted::default() } else { watched.counted() };
            (watched.changes(now), counted, watched.signals())
        });
        let Some((changed, counted, signals)) = shown.await else {
            return Err(Stopped::Failed("the thread that detects has ended".to_owned()));
        };
        if let Some(last) = last {
            progress.at = last;
        }
        progress.counted.push(counted);
        for (key, count) in signals {
            *progress.signals.entry(key).or_default() += count;
        }
        let new = changed.iter().any(|one| one.new);
        progress.found.extend(changed.into_iter().map(|one| (one.finding.id.clone(), one)));
        let some = !progress.found.is_empty() || !progress.signals.is_empty();
        let more = some && progress.kept.elapsed() >= MORE;
        let saves = progress.saved.elapsed() >= SAVE && progress.at > progress.again;
        if new || more || saves || progress.counted.len() > 1_000 {
            self.save(progress).await?;
        }
        Ok(())
    }

    /// Since when detectors are on.
    async fn since(&self) -> Result<Since, Stopped> {
        let mut since = Since::new();
        for Realm { place, detector } in self.realms().await? {
            let detector = self.store().find::<Detector>(&place, &detector).await?;
            if let Some(detector) = detector.filter(|detector| detector.enabled) {
                let regions = since.entry(place.account.to_string()).or_default();
                // Records tell whole seconds.
                regions.insert(place.region.to_string(), detector.enabled_since.truncated_to_seconds());
            }
        }
        Ok(since)
    }

    /// Keeps findings, counts and how far it has come, all in one commit. What was found is kept once: should the
    /// node end before, it is found again.
    async fn save(&self, progress: &mut Progress) -> Result<(), Stopped> {
        for _ in 0..8 {
            let mut changes = Changes::new(self.now());
            let records = self.keep(&progress.found, &mut changes).await?;
            let fresh = changes.is_empty();
            let global = Store::global();
            if progress.at > progress.again {
                let cursor = Cursor { position: progress.at.0 };
                match &progress.cursor {
                    Some(read) if fresh && read.position == cursor.position => {}
                    Some(read) => {
                        changes.update(read, cursor);
                    }
                    None => {
                        changes.create(&global, self.node(), cursor);
                    }
                }
            }
            if progress.saved.elapsed() >= SAVE {
                let mut sum = Counted::default();
                progress.counted.iter_mut().for_each(|one| sum.take(one));
                progress.counted.clear();
                progress.counted.push(sum);
                if let Some(sum) = progress.counted.first() {
                    self.count(sum, &mut changes).await?;
                }
            }
            let totals = self.count_signals(&progress.signals, &mut changes).await?;
            let queued = !progress.found.is_empty();
            match self.setting.door.commit_work(changes, records).await.map_err(Stopped::from) {
                Ok(()) => {
                    progress.signals.clear();
                    self.dry_runs.tell(&totals);
                    progress.found.clear();
                    progress.kept = Instant::now();
                    if progress.saved.elapsed() >= SAVE {
                        progress.counted.clear();
                        progress.saved = Instant::now();
                    }
                    progress.cursor = self.store().find::<Cursor>(&global, self.node()).await?;
                    if queued {
                        self.queued.notify_one();
                    }
                    return Ok(());
                }
                // Somebody archived a finding meanwhile, say. If it is our own place that changed, all was forgotten.
                Err(Stopped::Conflict) => {
                    let cursor = self.store().find::<Cursor>(&global, self.node()).await?;
                    if cursor.is_some() != progress.cursor.is_some() {
                        return Err(Stopped::Conflict);
                    }
                    progress.cursor = cursor;
                }
                Err(error) => return Err(error),
            }
        }
        Err(Stopped::Conflict)
    }
}

fn show(watched: &mut Watched, mode: Mode, batch: &[(Position, Bytes)]) {
    for (position, body) in batch {
        let Ok(text) = std::str::from_utf8(body) else { continue };
        match cloudtrail::parse(text) {
            Ok(record) => watched.show_own(mode, &Record::CloudTrail(&record), text.len()),
            // Our own records are whole; one that is not must not hold up the others.
            Err(broken) => {
                tracing::warn!(position = position.0, reason = broken.reason, "an event cannot be read");
            }
        }
    }
}

/// Accounts that have detectors are the operator's own.
fn settings(realms: &[Realm]) -> Settings {
    let mut own_accounts: Vec<String> = realms.iter().map(|realm| realm.place.account.to_string()).collect();
    own_accounts.sort_unstable();
    own_accounts.dedup();
    Settings { own_accounts, ..Settings::default() }
}

/// The position before the events of a moment, about: events lie about in the order of time.
async fn since(events: &dyn EventLog, moment: Timestamp) -> Result<Position, Stopped> {
    let (mut low, mut high) = (0, events.last().0);
    while low < high {
        let middle = low + (high - low) / 2;
        match events.read(Position(middle), 1).await?.first() {
            Some((_, event)) if event.time < moment => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(Position(low))
}
