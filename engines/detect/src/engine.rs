//! The engine: detectors, and the findings that they have made.

use std::collections::BTreeMap;
use std::sync::Arc;

use bastide_finding::{Detection, Finding};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::Record;

use crate::detector::{Context, Detector};
use crate::settings::Settings;

/// Detectors, fed with records, and the findings that they have made.
pub struct Engine {
    intel: Arc<Intel>,
    settings: Settings,
    detectors: Vec<Box<dyn Detector>>,
    /// The minute of the log's time at which windows were last judged.
    ticked: i64,
    found: Vec<Detection>,
    findings: BTreeMap<String, Finding>,
}

const MINUTE: i64 = 60_000;

impl Engine {
    /// An engine with these detectors.
    #[must_use]
    pub fn new(intel: Arc<Intel>, settings: Settings, detectors: Vec<Box<dyn Detector>>) -> Self {
        let findings = BTreeMap::new();
        Self { intel, settings, detectors, ticked: i64::MIN, found: Vec::new(), findings }
    }

    /// Lists and places change from the next record on.
    pub fn set_intel(&mut self, intel: Arc<Intel>) {
        self.intel = intel;
    }

    /// Shows all detectors a record.
    pub fn feed(&mut self, record: &Record<'_>) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let minute = record.time().millis().div_euclid(MINUTE);
        if minute > self.ticked {
            self.ticked = minute;
            for detector in &mut self.detectors {
                detector.tick(Timestamp::from_millis(minute * MINUTE), cx, &mut self.found);
            }
        }
        for detector in &mut self.detectors {
            match record {
                Record::CloudTrail(event) => detector.cloudtrail(event, cx, &mut self.found),
                Record::Flow(flow) => detector.flow(flow, cx, &mut self.found),
                Record::Dns(query) => detector.dns(query, cx, &mut self.found),
                Record::Kubernetes(event) => detector.kubernetes(event, cx, &mut self.found),
                Record::Login(login) => detector.login(login, cx, &mut self.found),
            }
        }
    }

    /// The input has ended: windows that are open are judged as they are.
    pub fn finish(&mut self) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let end = Timestamp::from_millis(i64::MAX);
        for detector in &mut self.detectors {
            detector.tick(end, cx, &mut self.found);
        }
    }

    /// What has been found since the last call, as detections; those of a key that is known already too.
    pub fn drain(&mut self) -> Vec<Detection> {
        std::mem::take(&mut self.found)
    }

    /// All findings that detections drained so far add up to, in the order of their ids.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.values()
    }
}
