//! Memory use of this process.

/// Returns the resident memory in bytes, or `None` if the system does not report it.
pub fn memory() -> Option<u64> {
    read_status("VmRSS:")
}

/// Returns the peak resident memory in bytes, or `None` if the system does not report it.
pub fn peak_memory() -> Option<u64> {
    read_status("VmHWM:")
}

/// Reads a field of `/proc/self/status`, which exists on Linux only.
fn read_status(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
