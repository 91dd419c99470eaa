//! A terminal that a test types at, and whose screen it looks at.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::{PATIENCE, Shop};

const ROWS: u16 = 40;
const COLUMNS: u16 = 120;

pub(crate) struct Terminal {
    keyboard: File,
    child: Child,
    shared: Arc<Shared>,
}

struct Shared {
    display: Mutex<Display>,
    changed: Condvar,
}

struct Display {
    parser: vt100::Parser<Titles>,
    /// Everything that was written to the terminal.
    bytes: Vec<u8>,
    is_closed: bool,
}

/// What a program changes outside of the screen.
#[derive(Default)]
struct Titles(Vec<String>);

impl vt100::Callbacks for Titles {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0.push(String::from_utf8_lossy(title).into_owned());
    }
}

impl Terminal {
    /// Runs a program in a new terminal, which is its controlling terminal.
    pub(crate) fn open(shop: &Shop, program: &[&str]) -> Terminal {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let size = Winsize {
            ws_row: ROWS,
            ws_col: COLUMNS,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&keyboard, size).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line = File::from(rustix::fs::open(&*name, flags, Mode::empty()).unwrap());
        let mut command = Command::new("setsid");
        shop.prepare(&mut command);
        let child = command
            .arg("--ctty")
            .args(program)
            .stdin(line.try_clone().unwrap())
            .stdout(line.try_clone().unwrap())
            .stderr(line)
            .spawn()
            .unwrap();
        // The line is closed here when the command is dropped, so that its end can be seen.
        drop(command);
        let keyboard = File::from(keyboard);
        let shared = Arc::new(Shared {
            display: Mutex::new(Display {
                parser: vt100::Parser::new_with_callbacks(
                    ROWS.try_into().unwrap(),
                    COLUMNS.try_into().unwrap(),
                    0,
                    Titles::default(),
                ),
                bytes: Vec::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
        });
        let mut output = keyboard.try_clone().unwrap();
        let display = shared.clone();
        thread::spawn(move || display.read(&mut output));
        Terminal {
            keyboard,
            child,
            shared,
        }
    }

    /// Types a text.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Waits until the screen has a text, and returns the screen.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.shared
            .wait(text, |display| display.screen().contains(text))
    }

    /// Waits for the end of the program, and returns the exit code.
    pub(crate) fn finish(&mut self) -> i32 {
        self.shared.wait("the end", |display| display.is_closed);
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    pub(crate) fn screen(&self) -> String {
        self.shared.display.lock().unwrap().screen()
    }

    /// Returns everything that was written to the terminal.
    pub(crate) fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.shared.display.lock().unwrap().bytes).into_owned()
    }

    /// Returns the titles that were set.
    pub(crate) fn titles(&self) -> Vec<String> {
        let display = self.shared.display.lock().unwrap();
        display.parser.callbacks().0.clone()
    }

    /// Returns `true` if the terminal shows what is typed.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.keyboard).unwrap();
        modes.local_modes.contains(LocalModes::ECHO)
    }

    /// Waits until the terminal does not show what is typed.
    pub(crate) fn wait_for_hidden_input(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.echoes() {
            assert!(Instant::now() < deadline, "{}", self.screen());
            thread::yield_now();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Shared {
    fn read(&self, output: &mut File) {
        let mut buffer = [0; 4096];
        loop {
            // An error means that the program has ended.
            let length = output.read(&mut buffer).unwrap_or(0);
            let mut display = self.display.lock().unwrap();
            display.parser.process(&buffer[..length]);
            display.bytes.extend_from_slice(&buffer[..length]);
            display.is_closed = length == 0;
            self.changed.notify_all();
            if length == 0 {
                return;
            }
        }
    }

    fn wait(&self, what: &str, is_done: impl Fn(&Display) -> bool) -> String {
        let display = self.display.lock().unwrap();
        let waiting = |display: &mut Display| !is_done(display);
        let (display, result) = self
            .changed
            .wait_timeout_while(display, PATIENCE, waiting)
            .unwrap();
        assert!(
            !result.timed_out(),
            "{what} is missing: {}",
            display.screen()
        );
        display.screen()
    }
}

impl Display {
    fn screen(&self) -> String {
        self.parser.screen().contents()
    }
}
