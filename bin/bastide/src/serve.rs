use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Door, Mode, Room, Server, ServerLimits, Settings, Trunks};
use bastide_guardduty::work::Feed;
use bastide_identity::IdentityDirectory;
use bastide_ids::{Clock, MovableClock, Place, SystemClock};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::arguments::Serve;
use crate::ingest::intake::Intake;
use crate::push::Pushing;
use crate::reseal::Following;
use crate::startup::{Greeting, credentials_are_chosen, first_credentials};
use crate::xks_proxy::Front;
use crate::{cloudhsm, data, key_stores, operator, tls};

/// How often background work looks whether there is something to do.
const TICK: Duration = Duration::from_secs(5);

/// Opens everything, serves until a signal, and closes everything.
///
/// # Errors
/// What keeps the server from starting, and what to do.
pub(crate) async fn serve(arguments: Serve) -> Result<(), String> {
    // From here on a signal stops the server as it should, also while it starts.
    let stop = stop_signal()?;
    let movable = arguments.dev.then(|| Arc::new(MovableClock::default()));
    let clock: Arc<dyn Clock> = match &movable {
        Some(clock) => Arc::<MovableClock>::clone(clock),
        None => Arc::new(SystemClock),
    };
    let trunks = data::open(&arguments, clock).await?;
    let mode = if arguments.dev { Mode::Dev } else { Mode::Strict };
    let key_stores = arguments.key_stores.settings(&arguments.data.data_dir)?;
    let mut for_services = http::Extensions::new();
    for_services.insert(key_stores.clone());
    let catalogue = arguments.detection.catalogue()?;
    for_services.insert(Arc::clone(&catalogue));
    if let Some(objects) = arguments.detection.objects()? {
        for_services.insert(objects);
    }
    let intake = Intake::new(Feed::new(catalogue), &arguments.data.data_dir);
    for_services.insert(Pushing { intake: intake.clone(), operator: arguments.account_id });
    let settings = Settings {
        for_services,
        mode,
        account: arguments.account_id,
        region: arguments.region.clone(),
        node: data::node(&arguments.data.data_dir)?,
    };
    let tls = tls::configure(&arguments.tls, &arguments.data.data_dir, arguments.listen)?;
    let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; choose another with --listen", arguments.listen)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let credentials = first_credentials(&trunks, &settings).await?;

    let (door, directory) = open_door(&arguments, &trunks, &settings);
    recover(&door).await?;
    let hsms = cloudhsm::work(&door, &arguments)?;
    let detection = arguments.detection.work(&door, intake.feed())?;
    let sources = arguments.detection.sources(intake.clone(), &arguments.data.data_dir)?;
    let work = [
        tokio::spawn(background(Arc::clone(&door))),
        tokio::spawn(key_stores::work(Arc::clone(&door), key_stores)),
        tokio::spawn(Following::new(&arguments.data).run(Arc::clone(&door))),
        tokio::spawn(Arc::clone(&directory).work()),
        tokio::spawn(hsms.clone().run()),
        tokio::spawn(detection.run()),
        tokio::spawn(sources),
    ];

    let proxies = arguments.key_stores.xks_proxies.clone();
    let proxies = proxies.map(|file| Front::open(Arc::clone(&door), Arc::clone(&directory), file));
    let proxies = proxies.transpose()?;
    let reading = proxies.clone().map(|front| tokio::spawn(front.follow()));

    let certificate = tls.as_ref().map(|(_, path)| path.as_path());
    let greeting = Greeting {
        address,
        settings: &settings,
        data_dir: &arguments.data.data_dir,
        certificate,
        credentials: credentials.as_ref(),
        chosen: credentials_are_chosen(),
    };
    if greet(&greeting) && credentials.is_some() {
        let place = Place::new(settings.account, settings.region.clone());
        let shown = bastide_identity::shown(&trunks.store, &place, trunks.clock.now()).await;
        shown.map_err(|failure| failure.cause.unwrap_or(failure.message))?;
    }
    drop(credentials);
    let server = Server {
        door: Arc::clone(&door),
        operator: operator::pages(door, Arc::clone(&directory), movable, proxies, intake),
        limits: ServerLimits::from(&arguments.limits),
        tls: tls.map(|(config, _)| config),
    };
    server.serve(listener, stop).await;
    work.iter().for_each(JoinHandle::abort);
    reading.iter().for_each(JoinHandle::abort);
    hsms.stop().await;
    directory.flush().await.map_err(|error| error.to_string())?;
    trunks.events.close().await.map_err(|error| error.to_string())?;
    tracing::info!("stopped");
    Ok(())
}

/// The door, and what knows who comes to it.
fn open_door(arguments: &Serve, trunks: &Trunks, settings: &Settings) -> (Arc<Door>, Arc<IdentityDirectory>) {
    let directory = Arc::new(IdentityDirectory::new(trunks.store.clone(), Arc::clone(&trunks.sealer)));
    let organization = Arc::new(bastide_organizations::StoredOrganization::new(trunks.store.clone()));
    let door = Door::open(
        rooms(arguments),
        trunks.clone(),
        Arc::<IdentityDirectory>::clone(&directory),
        organization,
        settings.clone(),
    );
    door.limit_rates(arguments.kms_request_quotas.clone().unwrap_or_default().into_limits());
    (door, directory)
}

/// Records that a crash has left behind go where they belong.
async fn recover(door: &Arc<Door>) -> Result<(), String> {
    let moved = door.recover().await.map_err(|failure| failure.cause.unwrap_or(failure.message))?;
    if moved > 0 {
        tracing::info!(moved, "records of changes that were under way were moved to the events trunk");
    }
    Ok(())
}

/// Every service that is served.
fn rooms(arguments: &Serve) -> Vec<Room> {
    let mut rooms = vec![
        bastide_kms::room(),
        bastide_cloudhsm::room(),
        bastide_identity::iam(),
        bastide_identity::sts_room(),
        bastide_organizations::room(),
        bastide_cloudtrail::room(),
        bastide_config::room(),
        bastide_guardduty::room(),
        crate::push::room(),
    ];
    if arguments.key_stores.xks_proxies.is_some() {
        rooms.push(bastide_kms::xks_proxy_room());
    }
    rooms
}

/// Gives whether somebody may have read it: nobody need be listening, which is no reason not to serve.
fn greet(greeting: &Greeting<'_>) -> bool {
    let mut out = std::io::stdout();
    out.write_all(greeting.text().as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Resolves when the process is told to end.
///
/// # Errors
/// When signals cannot be waited for.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    let told = |error| format!("signals cannot be waited for: {error}");
    let mut terminate = signal(SignalKind::terminate()).map_err(told)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(told)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: no new connections, open requests may end");
    })
}

/// What services do without being asked, for as long as the server runs.
async fn background(door: Arc<Door>) {
    loop {
        tokio::time::sleep(TICK).await;
        work(&door).await;
    }
}

/// One turn of it: deletions, rotations and expiries that are due, and records held up.
pub(crate) async fn work(door: &Door) {
    let Trunks { store, .. } = door.trunks();
    if let Err(error) = store.refresh().await {
        tracing::warn!(%error, "the store cannot be reached");
        return;
    }
    // Nodes that share a store take turns.
    let leased = store.lease("kms.work", &door.settings().node, TICK * 3).await;
    if matches!(leased, Ok(Some(_)))
        && let Err(failure) = bastide_kms::work::run(door).await
    {
        tracing::warn!(?failure, "what is due for keys was not done; it is tried again");
    }
    if let Err(failure) = door.recover().await {
        tracing::warn!(?failure, "records wait in the outbox; it is tried again");
    }
}
