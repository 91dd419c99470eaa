//! Memory use and CPU time of this process.

/// Returns the resident memory in bytes, or `None` if the system does not report it.
pub fn memory() -> Option<u64> {
    read_status("VmRSS:")
}

/// Returns the peak resident memory in bytes, or `None` if the system does not report it.
pub fn peak_memory() -> Option<u64> {
    read_status("VmHWM:")
}

/// Returns the CPU time of all threads of this process in seconds, or `None` if the system does not report it.
pub fn cpu_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the process is in parentheses and may contain spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: Option<Vec<f64>> = ticks.map(|it| it.parse().ok()).collect();
    // Linux reports hundredths of a second, on every architecture.
    Some(ticks?.iter().sum::<f64>() / 100.0)
}

/// Reads a field of `/proc/self/status`, which exists on Linux only.
fn read_status(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
