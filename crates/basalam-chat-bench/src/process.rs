//! What the system tells of this process.

/// The memory that is in use now, in bytes, where the system tells.
pub fn memory() -> Option<u64> {
    read("VmRSS:")
}

/// The most memory that was ever in use, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    read("VmHWM:")
}

/// As Linux tells it.
fn read(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
