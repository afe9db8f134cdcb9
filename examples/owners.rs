//! Three retailers find the rules of all their baskets without showing each other a basket.
//!
//! ```text
//! cargo run --features owners --example owners
//! cargo run --features owners --example owners -- --drop-out
//! ```
//!
//! Each retailer is a process of its own, which this program starts. They connect to the coordinator, this process, on
//! the loopback, and exchange messages, each after its length in 4 bytes. With `--drop-out` there are four retailers,
//! of whom one stops in the second round: the others go on without it. In the end the rules are compared with those of
//! all baskets.
//!
//! In earnest, carry messages over TLS, and give each read a time limit as here: who does not answer in time has
//! dropped out.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use itemset::owners::{Agreement, Coordinator, Owner, Reply, Request};
use itemset::{Measure, Miner, Rules, Transactions};

type Done<T> = Result<T, Box<dyn Error>>;

/// What all know: a list of goods.
const CATALOGUE: [&str; 10] =
    ["bananas", "beer", "bread", "butter", "chips", "coffee", "diapers", "milk", "salsa", "wipes"];

const RETAILERS: [&str; 4] = ["north", "south", "west", "east"];

/// How long a retailer may take to connect, or to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest message that is read.
const LONGEST: u32 = 1 << 26;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => coordinate(3, false),
        ["--drop-out"] => coordinate(4, true),
        // How the coordinator starts a retailer.
        ["--owner", name, port, owners, role] => take_part(name, port, owners, role == "drops-out"),
        _ => {
            eprintln!("usage: owners [--drop-out]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What all have agreed on.
fn agreement(owners: usize) -> Agreement<&'static str> {
    Agreement::new(RETAILERS[..owners].to_vec(), CATALOGUE).min_support(0.05).max_len(4).go_on_after_drop_out(true)
}

/// What a retailer has sold: its own file, in earnest.
fn sales(name: &str) -> Done<Transactions<&'static str>> {
    let mut state = name.bytes().fold(1u64, |state, byte| state * 257 + u64::from(byte));
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut baskets = Transactions::builder();
    for _ in 0..400 + 40 * name.len() {
        let mut basket = match draw(6) {
            0 => vec!["beer", "diapers"],
            1 => vec!["chips", "salsa"],
            2 => vec!["bread", "butter", "milk"],
            _ => Vec::new(),
        };
        (0..draw(4)).for_each(|_| basket.push(CATALOGUE[draw(CATALOGUE.len() as u64) as usize]));
        baskets.push(basket);
    }
    Ok(baskets.build()?)
}

/// Sends a message after its length.
fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(message)
}

fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::other(format!("a message of {length} bytes, more than {LONGEST}")));
    }
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message)?;
    Ok(message)
}

/// The process of a retailer: it answers until it has the result.
fn take_part(name: &str, port: &str, owners: &str, drops_out: bool) -> Done<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse()?))?;
    stream.set_read_timeout(Some(2 * PATIENCE))?;
    let mut owner = Owner::new(&agreement(owners.parse()?), name, sales(name)?)?;
    send(&mut stream, name.as_bytes())?;
    loop {
        let request = Request::from_bytes(&receive(&mut stream)?)?;
        if drops_out && request.round() == Some(2) {
            println!("{name}: stops here, before round 2");
            return Ok(());
        }
        match owner.answer(&request)? {
            Some(reply) => send(&mut stream, &reply.to_bytes())?,
            None => break,
        }
    }
    let result = owner.result().ok_or("the session ended without a result")?;
    println!(
        "{name}: {} itemsets in the {} baskets of {}",
        result.len(),
        result.basket_count(),
        result.owners().join(", ")
    );
    Ok(())
}

/// Processes that end when their parent does, whatever happens.
struct Retailers(Vec<Child>);

impl Drop for Retailers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended already is left alone.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The process of the coordinator, who starts the retailers.
fn coordinate(owners: usize, with_drop_out: bool) -> Done<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port().to_string();
    let mut retailers = Retailers(Vec::new());
    for name in &RETAILERS[..owners] {
        let role = if with_drop_out && *name == "west" { "drops-out" } else { "stays" };
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--owner", name, &port, &owners.to_string(), role]);
        retailers.0.push(command.spawn()?);
    }
    let mut streams = connections(&listener, owners)?;
    let mut coordinator = Coordinator::new(&agreement(owners))?;
    while coordinator.result().is_none() {
        let request = coordinator.request().to_bytes();
        println!("coordinator: {} bytes to each of {}", request.len(), coordinator.owners().join(", "));
        // All are asked before the first is heard, so that they count at the same time.
        let asked: Vec<String> = coordinator.owners();
        for name in &asked {
            let reached = streams.get_mut(name).map(|stream| send(stream, &request));
            drop(reached);
        }
        for name in &asked {
            let Some(Ok(bytes)) = streams.get_mut(name).map(receive) else { continue };
            coordinator.receive(&Reply::from_bytes(&bytes)?)?;
        }
        if coordinator.request().to_bytes() == request {
            let missing = coordinator.missing();
            println!("coordinator: no answer from {}, all others begin anew", missing.join(", "));
            missing.iter().for_each(|name| drop(streams.remove(name)));
            coordinator.restart_without(&missing)?;
        }
    }
    let result = coordinator.result().ok_or("no result")?;
    let last = coordinator.request().to_bytes();
    for name in result.owners() {
        send(streams.get_mut(name).ok_or("a retailer is gone")?, &last)?;
    }
    for child in &mut retailers.0 {
        if !child.wait()?.success() {
            return Err("a retailer failed".into());
        }
    }
    let miner = Miner::new().min_support(0.05).min_confidence(0.5).max_len(4);
    let rules = miner.rules_of(&result.to_frequent()?)?;
    for rule in rules.top(6, Measure::Lift) {
        println!("{rule}");
    }
    check(&miner, &rules, result.owners())
}

/// Takes the connections of all retailers, each of which says its name.
fn connections(listener: &TcpListener, owners: usize) -> Done<BTreeMap<String, TcpStream>> {
    listener.set_nonblocking(true)?;
    let begun = Instant::now();
    let mut streams = BTreeMap::new();
    while streams.len() < owners {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                let name = String::from_utf8(receive(&mut stream)?)?;
                streams.insert(name, stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(streams)
}

/// Compares with what mining all baskets together finds, which in earnest nobody could.
fn check(miner: &Miner, rules: &Rules<&'static str>, owners: &[String]) -> Done<()> {
    let mut all = Transactions::builder();
    for name in owners {
        for basket in &sales(name)? {
            all.push(basket.iter().copied());
        }
    }
    if *rules != miner.rules(&all.build()?)? {
        return Err("the rules are not those of all baskets".into());
    }
    println!("{} rules, the same as those of all baskets of {}", rules.len(), owners.join(", "));
    Ok(())
}
