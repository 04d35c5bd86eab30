//! What goes wrong around an extension, and when.

use std::time::Duration;

use extyped::testing::{Call, Eec, Fault, RandomFaults};

/// What goes wrong, in order.
pub(crate) struct Weather {
    seed: u64,
    storm: Duration,
    turns: Vec<(Duration, Turn)>,
}

/// What passed over, for those who want to know when nobody was there.
pub(crate) struct Passed {
    outages: Vec<(Duration, Duration)>,
}

enum Turn {
    /// Nobody is there for so long; then all that was remembered is forgotten.
    Outage(Duration),
    Fault(Fault),
    /// The clock of the machine is set, in milliseconds.
    MachineClock(i64),
    /// The clock of the cluster is set.
    ClusterClock(i64),
}

impl Weather {
    /// The weather of a seed: something every ten seconds or so.
    ///
    /// Left out is what takes a batch and loses the answer: whoever sends a
    /// batch again then counts it twice, and whoever does not loses it whenever
    /// a connection breaks.
    pub(crate) fn of(seed: u64, storm: Duration) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut turns = Vec::new();
        let mut at = Duration::ZERO;
        loop {
            at += Duration::from_millis(random.u64(1_000..20_000));
            let lasting = Duration::from_millis(random.u64(500..40_000));
            if at + lasting >= storm {
                break;
            }
            let call = Call::ALL[random.usize(3..Call::ALL.len())];
            let fault = match random.u32(..10) {
                0 => {
                    turns.push((at, Turn::Outage(lasting)));
                    at += lasting;
                    continue;
                }
                1 => {
                    let step = random.i64(-7_200_000..7_200_000);
                    turns.push((at, Turn::MachineClock(step)));
                    continue;
                }
                2 => {
                    let difference = random.i64(-30_000..30_000);
                    turns.push((at, Turn::ClusterClock(difference)));
                    continue;
                }
                3 | 4 => Fault::status(429).retry_after(Duration::from_secs(random.u64(1..30))),
                5 => Fault::status(random.u16(500..505)).with_html_body(),
                6 => Fault::html(),
                7 => Fault::delay(Duration::from_millis(random.u64(100..45_000))),
                8 => Fault::drop(),
                _ => Fault::hang(),
            };
            turns.push((at, Turn::Fault(fault.on([call]).lasting(lasting))));
        }
        Weather { seed, storm, turns }
    }

    /// Lets it all happen, and ends it.
    pub(crate) async fn pass_over(self, eec: &Eec) -> Passed {
        let simulator = eec.simulator();
        let everywhere = [
            Fault::drop(),
            Fault::status(503),
            Fault::status(429),
            Fault::delay(Duration::from_secs(3)),
        ];
        // The process has to start before anything can go wrong with it.
        eec.pass(Duration::from_secs(1)).await;
        simulator.inject_at_random(RandomFaults::new(self.seed, 0.1, everywhere));
        let mut outages = Vec::new();
        let mut now = Duration::from_secs(1);
        for (at, turn) in self.turns {
            eec.pass(at.saturating_sub(now)).await;
            now = now.max(at);
            match turn {
                Turn::Outage(lasting) => {
                    outages.push((now, now + lasting));
                    simulator.inject(Fault::restart().lasting(lasting));
                }
                Turn::Fault(fault) => simulator.inject(fault),
                Turn::MachineClock(step) => eec.step_clock(step),
                Turn::ClusterClock(step) => simulator.step_cluster_clock(step),
            }
        }
        eec.pass(self.storm.saturating_sub(now)).await;
        simulator.clear_faults();
        Passed { outages }
    }
}

impl Passed {
    /// The longest time without a heartbeat while somebody was there.
    pub(crate) fn longest_wait(&self, heartbeats: Vec<Duration>, end: Duration) -> Duration {
        let mut moments: Vec<Duration> = heartbeats;
        moments.extend([Duration::ZERO, end]);
        moments.extend(self.outages.iter().flat_map(|(from, to)| [*from, *to]));
        moments.sort_unstable();
        let away = |moment: Duration| {
            let mut outages = self.outages.iter();
            outages.any(|(from, to)| (*from..*to).contains(&moment))
        };
        let waits = moments.windows(2).filter_map(|pair| match pair {
            [from, to] if !away(*from) => Some(to.saturating_sub(*from)),
            _ => None,
        });
        waits.max().unwrap_or_default()
    }
}
