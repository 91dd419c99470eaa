//! Detection of network file systems.

use std::path::Path;

/// Types of network file systems in `/proc/self/mountinfo`.
const NETWORK: [&str; 18] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "fuse.ceph",
    "fuse.davfs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// Returns the type of the file system of an absolute path, if it is known to be a network file system.
pub(super) fn network_file_system(path: &Path) -> Option<String> {
    // It exists only on Linux.
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let file_system = file_system(&mounts, path)?;
    NETWORK
        .contains(&file_system)
        .then(|| file_system.to_owned())
}

/// Finds the innermost mount point that contains the path. Of several at one place, the last hides the others.
fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mounts = mounts.lines().filter_map(|line| {
        let (place, rest) = line.split_once(" - ")?;
        let mount_point = unescape(place.split(' ').nth(4)?);
        let is_above = path.starts_with(&mount_point);
        let depth = Path::new(&mount_point).components().count();
        is_above.then_some((depth, rest.split(' ').next()?))
    });
    mounts.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

fn unescape(mount_point: &str) -> String {
    let escapes = [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ];
    let mut unescaped = mount_point.to_owned();
    for (escape, character) in escapes {
        unescaped = unescaped.replace(escape, character);
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 27 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:22 / /mnt rw - tmpfs tmpfs rw
24 23 0:23 / /mnt/share\\040one rw shared:2 master:3 - nfs4 server:/share rw
25 23 0:24 / /mnt/share rw - cifs //server/share rw
26 25 0:25 / /mnt/share rw - ext4 /dev/vdb rw
not a mount
27 22 0:26 / /home/a - rw - fuse.sshfs a:/ rw
";

    #[test]
    fn finds_the_innermost_and_last_mount() {
        let kind = |path: &str| file_system(MOUNTS, Path::new(path));
        assert_eq!(kind("/var/state.db"), Some("ext4"));
        assert_eq!(kind("/mnt/state.db"), Some("tmpfs"));
        assert_eq!(kind("/mnt/share one/state.db"), Some("nfs4"));
        assert_eq!(kind("/mnt/share/state.db"), Some("ext4"));
        assert_eq!(kind("/mnt/shared/state.db"), Some("tmpfs"));
        assert_eq!(file_system("", Path::new("/")), None);
    }

    #[test]
    fn local_directories_are_not_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap();
        assert_eq!(network_file_system(&path), None);
    }
}
