//! From a file to a template: read, compile or take from the cache, link, check, and start a first instance.

use super::{
    Cache, Grants, Limits, LoadError, Role, Totals, allowance,
    cache::Sealed,
    code::{Code, Of, Shared},
    compile::Compiler,
    dapr,
    error::{Why, chain},
    exports::{Exports, listed},
    guest::{Common, State, Template},
    limits::Budget,
    outbound, pool, speech,
    ticker::Ticker,
};
use crate::sidecar::Sidecars;
use std::{
    fs, io,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::runtime::Handle;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy,
    component::{Component, InstancePre, Linker, types::ComponentItem},
};

/// Stack for the host functions that a guest calls, beyond the guest's own.
const HOST_STACK: usize = 1 << 20;

/// How the names begin of what every guest finds linked (nothing of it is granted but the clocks, randomness and the log).
const OFFERED: [&str; 13] = [
    "dapr:client/bindings@0.1.",
    "dapr:client/invoke@0.1.",
    "dapr:client/publish@0.1.",
    "dapr:client/secrets@0.1.",
    "dapr:client/state@0.1.",
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:http/",
    "wasi:io/",
    "wasi:logging/",
    "wasi:random/",
    "wasi:sockets/",
];

/// Loads guests. All of them share one clock, so it must live as long as they do.
pub struct Loader {
    /// Gives each instance memory of its own.
    ground: Ground,
    /// Has instances take turns in a pool: made for the first guest that is served so, if the machine has room for it.
    pooled: OnceLock<Option<Ground>>,
    compiler: Compiler,
    cache: Option<Arc<Sealed>>,
    ticker: Ticker,
    budget: Arc<Budget>,
    sidecars: Arc<Sidecars>,
}

impl Loader {
    /// Connections to daprd will live on the runtime that this is called on.
    ///
    /// # Errors
    /// When the machine does not give what the engine needs, or there is no runtime.
    pub fn new(cache: &Cache, totals: Totals) -> anyhow::Result<Self> {
        let cache = match cache {
            Cache::Off => None,
            Cache::At(folder) => match Sealed::open(folder) {
                Ok(sealed) => Some(Arc::new(sealed)),
                Err(why) => {
                    tracing::warn!(
                        folder = %folder.display(),
                        "compiled code is not kept, so every start compiles: {why:#}"
                    );
                    None
                }
            },
        };
        let ground = Ground::new(&config(&totals, cache.as_deref()))?;
        let ticker = Ticker::start(ground.engine.clone())?;
        Ok(Self {
            compiler: Compiler::start(cache.clone())?,
            ground,
            pooled: OnceLock::new(),
            cache,
            ticker,
            budget: Arc::new(Budget::new(totals)),
            sidecars: Arc::new(Sidecars::new(Handle::try_current()?)),
        })
    }

    /// Whether all that was loaded came from the cache; none without a cache, or before anything was compiled.
    pub fn compiled_already(&self) -> Option<bool> {
        let cache = self.cache.as_ref()?.cache();
        match (cache.cache_hits(), cache.cache_misses()) {
            (0, 0) => None,
            (_, misses) => Some(misses == 0),
        }
    }

    /// Has what is loaded from now on leave the cores to whoever serves calls.
    pub fn give_way(&self) {
        self.compiler.give_way();
    }

    /// Makes a template of a guest's file, for the component of this name, or the app. Its first instance has started when this
    /// returns, so the guest can answer.
    ///
    /// # Errors
    /// When the file is no guest that this runner can serve, or none for this role.
    pub async fn load(
        &self,
        name: &str,
        role: Role,
        path: &Path,
        limits: Limits,
        grants: Grants,
    ) -> Result<Template, LoadError> {
        let loaded = self.try_load(name, Some(role), path, limits, grants);
        loaded.await.map_err(|why| LoadError {
            path: path.to_owned(),
            why,
        })
    }

    /// Makes a template of a guest's file in whichever role it has, a component before an app, with nothing granted.
    ///
    /// # Errors
    /// When the file is no guest that this runner can serve.
    pub async fn inspect(&self, path: &Path) -> Result<Template, Why> {
        let (limits, grants) = (Limits::default(), Grants::default());
        self.try_load("guest", None, path, limits, grants).await
    }

    async fn try_load(
        &self,
        name: &str,
        role: Option<Role>,
        path: &Path,
        limits: Limits,
        grants: Grants,
    ) -> Result<Template, Why> {
        let read = path.to_owned();
        // It may be large: whatever else this thread serves goes on.
        let read = tokio::task::spawn_blocking(move || read_guest(&read));
        let guest = Arc::new(read.await.map_err(io::Error::from)??);
        let limit = limits.compile_timeout;
        let pooled = pool::serves(&limits).then(|| self.pooled()).flatten();
        let code = match pooled {
            Some(pooled) => self.code(pooled, path, &guest, limit).await,
            None => self.code(&self.ground, path, &guest, limit).await,
        };
        let code = match (code, pooled) {
            // If it is no guest at all, it is none without the pool either.
            (Err(Why::Invalid(why)), Some(_)) => {
                tracing::debug!(guest = %path.display(), "its instances do not come from the pool: {why}");
                self.code(&self.ground, path, &guest, limit).await?
            }
            (code, _) => code?,
        };
        let role = code.exports.role(role)?;
        let common = Common {
            budget: self.budget.clone(),
            pulse: self.ticker.pulse(),
            sidecars: self.sidecars.clone(),
        };
        let template = Template::new(name, role, path, code, limits, grants, common);
        template.instantiate("", &Arc::default()).await?;
        Ok(template)
    }

    /// What a guest is compiled to on one of the grounds.
    async fn code(
        &self,
        ground: &Ground,
        path: &Path,
        guest: &Arc<Vec<u8>>,
        limit: Duration,
    ) -> Result<Arc<Of<Code>>, Why> {
        let compile = async {
            let engine = &ground.engine;
            let compiling = self.compiler.compile(engine, path, guest.clone(), limit);
            let component = compiling.await?;
            if engine.get_pooling_config().is_some() {
                pool::check(&component)?;
            }
            let pre = ground.link(&component)?;
            let exports = Exports::read(&pre)?;
            Ok(Code { pre, exports })
        };
        ground.codes.get(guest.clone(), limit, compile).await
    }

    /// The ground whose instances come from a pool; none where the machine has no room for it.
    fn pooled(&self) -> Option<&Ground> {
        let make = || {
            let pool = pool::pool(&self.budget.totals)?;
            let mut config = config(&self.budget.totals, self.cache.as_deref());
            config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
            match Ground::new(&config) {
                Ok(ground) => {
                    self.ticker.follow(ground.engine.clone());
                    Some(ground)
                }
                Err(why) => {
                    tracing::debug!("there is no pool that instances could come from: {why:#}");
                    None
                }
            }
        };
        self.pooled.get_or_init(make).as_ref()
    }
}

/// How code is made and run: the same for all guests, so what is compiled of one is kept once.
fn config(totals: &Totals, cache: Option<&Sealed>) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Guests are called through plain functions: what `async` functions would need costs each call as much again.
        .concurrency_support(false)
        // Of a guest that fails, its last words and the kind of the trap are told. What would tell the place in its code is a part
        // in seven of what each start reads, and means little to whoever runs the guest.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        .max_wasm_stack(totals.stack)
        .async_stack_size(totals.stack.saturating_add(HOST_STACK))
        .cache(cache.map(|sealed| sealed.cache().clone()));
    config
}

/// An engine, what guests find linked on it, and the code that was made for it and runs on no other.
struct Ground {
    engine: Engine,
    codes: Shared<Code>,
    linker: Linker<State>,
}

impl Ground {
    fn new(config: &Config) -> anyhow::Result<Self> {
        let engine = Engine::new(config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        outbound::add_sockets_to_linker(&mut linker, State::sockets)?;
        allowance::add_open_to_linker(&mut linker, State::allowance)?;
        speech::add_logging_to_linker(&mut linker, State::voice)?;
        dapr::add_to_linker(&mut linker)?;
        Ok(Self {
            engine,
            codes: Shared::default(),
            linker,
        })
    }

    fn link(&self, component: &Component) -> Result<InstancePre<State>, Why> {
        self.linker.instantiate_pre(component).map_err(|error| {
            let ty = component.component_type();
            let missing: Vec<_> = ty
                .imports(&self.engine)
                .filter(|(_, import)| !is_of_types(&import.ty, &self.engine))
                .map(|(name, _)| name)
                .filter(|name| !OFFERED.iter().any(|offered| name.starts_with(offered)))
                .map(str::to_owned)
                .collect();
            if missing.is_empty() {
                Why::Link(chain(&error))
            } else {
                Why::Imports(listed(&missing))
            }
        })
    }
}

/// Whether an import is of types alone, which nobody has to offer.
fn is_of_types(import: &ComponentItem, engine: &Engine) -> bool {
    let ComponentItem::ComponentInstance(instance) = import else {
        return false;
    };
    let mut exports = instance.exports(engine);
    exports.all(|(_, export)| matches!(export.ty, ComponentItem::Type(_)))
}

/// What is in a file that looks like a guest.
fn read_guest(path: &Path) -> Result<Vec<u8>, Why> {
    let bytes = fs::read(path)?;
    recognise(&bytes)?;
    Ok(bytes)
}

/// Tells a component from what people pass by mistake, by the first eight bytes: magic number, version and layer.
fn recognise(bytes: &[u8]) -> Result<(), Why> {
    match bytes.first_chunk::<8>() {
        Some(b"\0asm\x0d\0\x01\0") => Ok(()),
        Some(b"\0asm\x01\0\0\0") => Err(Why::CoreModule),
        Some([0, b'a', b's', b'm', ..]) => Err(Why::Invalid(
            "its version of the binary format is not one that this runner reads".to_owned(),
        )),
        _ => Err(Why::NotWasm),
    }
}
