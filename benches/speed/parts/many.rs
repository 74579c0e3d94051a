//! A runner with many instances, each called over a connection of its own: daprd has one for each of its resources.

use crate::{
    client::{
        self, InTurn,
        connection::Connection,
        state::{self, Load},
    },
    compare::{Figure, Sample},
    server::{Kind, Server},
};
use std::time::{Duration, Instant};

/// Bytes of each value.
pub const VALUE: usize = 100;

pub struct Many {
    server: Server,
    /// Of each instance.
    connections: Vec<Connection>,
    /// What it took so far.
    sample: Sample,
}

impl Many {
    /// Starts a server, and initialises so many instances of each component, one after the other.
    pub async fn start(kind: Kind, each: usize) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let taken = || begun.elapsed().as_secs_f64() * 1000.0;
        let server = Server::start_once(kind, true)?;
        let mut sample = Sample::from([(Figure::Start, taken())]);
        sample.insert(Figure::Idle, server.resident()?);
        let mut connections = Vec::new();
        for socket in server.sockets() {
            for number in 0..each {
                connections.push(state::instance(&socket, number).await?);
            }
        }
        sample.insert(Figure::Ready, taken());
        sample.insert(Figure::Initialised, server.resident()?);
        Ok(Self {
            server,
            connections,
            sample,
        })
    }

    /// Has so many callers call the first of the instances, each caller one instance after the other.
    pub async fn sample(
        self,
        instances: usize,
        callers: usize,
        lasts: Duration,
    ) -> anyhow::Result<Sample> {
        let called = self.connections.iter().take(instances);
        let called: Vec<_> = called.cloned().collect();
        state::fill_in_turn(&called, VALUE).await?;
        let calls = state::calls(Load::mixed(VALUE, callers))?;
        let callers = (0..callers).map(|_| InTurn {
            connections: called.clone(),
            calls: calls.clone(),
        });
        let seen = client::measured(callers.collect(), lasts, &[self.server.id()]).await?;
        let mut sample = self.sample;
        sample.extend(seen);
        sample.insert(Figure::After, self.server.resident()?);
        Ok(sample)
    }
}
