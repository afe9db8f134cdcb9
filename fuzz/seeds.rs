//! Writes an input that reads to `corpus/` for every target, for the fuzzer to start from.

fn main() -> std::io::Result<()> {
    for target in itemset_fuzz::targets() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("seed"), target.seed)?;
    }
    Ok(())
}
