//! How many requests a client may make: token buckets, one for each address and one for all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Clients that are told apart. Beyond that, those who have been quiet long enough to have a full bucket are forgotten.
const CLIENTS: usize = 16_384;

/// Parts of the clients, each with a lock of its own.
const PARTS: usize = 16;

/// The rates of all clients.
#[derive(Debug)]
pub struct Rates {
    all: Option<Mutex<Bucket>>,
    of_all: u32,
    per_second: u32,
    clients: Vec<Mutex<HashMap<IpAddr, Bucket>>>,
}

/// Holds one second's requests, and fills at that rate.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn new(per_second: u32, now: Instant) -> Self {
        Bucket { left: per_second.into(), at: now }
    }

    fn fill(&mut self, per_second: u32, now: Instant) {
        let more = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(per_second);
        (self.left, self.at) = ((self.left + more).min(per_second.into()), now);
    }

    /// Takes one; otherwise says after how many seconds there will be one.
    fn take(&mut self, per_second: u32, now: Instant) -> Result<(), u64> {
        self.fill(per_second, now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err((((1.0 - self.left) / f64::from(per_second)).ceil() as u64).max(1))
    }
}

impl Rates {
    /// Requests per second of all together, and of each client; 0 is no limit.
    #[must_use]
    pub fn new(all: u32, per_client: u32) -> Self {
        let all = (all > 0).then(|| Mutex::new(Bucket::new(all, Instant::now()))).map(|bucket| (bucket, all));
        let (all, of_all) = all.map_or((None, 0), |(bucket, rate)| (Some(bucket), rate));
        Rates { all, of_all, per_second: per_client, clients: (0..PARTS).map(|_| Mutex::default()).collect() }
    }

    /// Whether a client may make a request now; otherwise the seconds to wait.
    ///
    /// # Errors
    ///
    /// The seconds after which it may.
    pub fn take(&self, client: IpAddr) -> Result<(), u64> {
        self.take_at(client, Instant::now())
    }

    fn take_at(&self, client: IpAddr, now: Instant) -> Result<(), u64> {
        if self.per_second > 0 {
            let client = neighbourhood(client);
            let part = &self.clients[part_of(client)];
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            if part.len() >= CLIENTS / PARTS && !part.contains_key(&client) {
                part.retain(|_, bucket| {
                    bucket.fill(self.per_second, now);
                    bucket.left < f64::from(self.per_second)
                });
                if part.len() >= CLIENTS / PARTS {
                    // All of them are busy: a newcomer waits.
                    return Err(1);
                }
            }
            part.entry(client).or_insert_with(|| Bucket::new(self.per_second, now)).take(self.per_second, now)?;
        }
        match &self.all {
            Some(bucket) => bucket.lock().unwrap_or_else(PoisonError::into_inner).take(self.of_all, now),
            None => Ok(()),
        }
    }
}

/// One client has a whole /64 of IPv6 addresses.
fn neighbourhood(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            address.to_ipv4_mapped().map_or(IpAddr::V6((bits >> 64 << 64).into()), IpAddr::V4)
        }
    }
}

fn part_of(client: IpAddr) -> usize {
    let bits = match client {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64,
    };
    // Neighbours in different parts.
    (bits % PARTS as u128) as usize
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_client_has_its_rate_and_no_more() {
        let (rates, now) = (Rates::new(0, 10), Instant::now());
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        assert_eq!((0..20).filter(|_| rates.take_at(one, now).is_ok()).count(), 10);
        assert_eq!(rates.take_at(one, now), Err(1));
        assert_eq!(rates.take_at(other, now), Ok(()));
        let later = now + Duration::from_millis(300);
        assert_eq!((0..20).filter(|_| rates.take_at(one, later).is_ok()).count(), 3);
    }

    #[test]
    fn all_together_have_theirs() {
        let (rates, now) = (Rates::new(5, 0), Instant::now());
        let taken = (0..20u8).filter(|&client| rates.take_at(IpAddr::from([10, 0, 0, client]), now).is_ok()).count();
        assert_eq!(taken, 5);
    }

    #[test]
    fn many_clients_take_no_more_memory() {
        let (rates, now) = (Rates::new(0, 2), Instant::now());
        for client in 0..200_000u32 {
            let _ = rates.take_at(IpAddr::from(client.to_be_bytes()), now);
        }
        let known = || rates.clients.iter().map(|part| part.lock().unwrap().len()).sum::<usize>();
        assert_eq!(known(), CLIENTS);
        // A second later all of them are forgotten for a newcomer of their part.
        let later = now + Duration::from_secs(1);
        assert_eq!(rates.take_at(IpAddr::from([255, 0, 0, 1]), later), Ok(()));
        assert!(known() < CLIENTS);
        let same_network = |end: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, end]);
        assert_eq!(neighbourhood(same_network(1)), neighbourhood(same_network(2)));
    }
}
