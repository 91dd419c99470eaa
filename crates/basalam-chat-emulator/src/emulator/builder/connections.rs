//! The setters that decide who can connect and send requests.

use std::time::Duration;

use super::EmulatorBuilder;

impl EmulatorBuilder {
    /// Allows clients to use the emulator under a host name, such as the name of a container. Repeatable. Default:
    /// IP addresses, `localhost` and names below it, such as `emulator.localhost`.
    ///
    /// Requests whose `Host` header has another name get a 403. Otherwise a web page could make its name resolve to
    /// the emulator's address and read everything (DNS rebinding).
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.options.access.hosts.add(name.into());
        self
    }

    /// Allows web pages of an origin, such as `http://localhost:3000`, to use the service, the token endpoint and
    /// uploaded files (CORS). `*` stands for every origin. Repeatable. Default: none; requests of web pages of other
    /// origins get a 403.
    ///
    /// The control endpoints are never available to other origins.
    pub fn cors(mut self, origin: impl Into<String>) -> Self {
        self.options.access.cors.add(origin.into());
        self
    }

    /// Sets the maximum number of connections, at least 1. Default: 1000. Above it, the connection that has been
    /// idle for the longest time is closed; if all have requests in progress, new ones wait.
    pub fn max_connections(mut self, max: usize) -> Self {
        self.options.connection_limits.max_connections = max;
        self
    }

    /// Sets the time in which a client must send the head of its first request, and of each next one, before its
    /// connection is closed; above 0. Default: 2 minutes.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.options.connection_limits.idle_timeout = timeout;
        self
    }

    /// Sets the time in which a client must send the whole body of a request, before the request fails; above 0.
    /// Default: 2 minutes.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.options.connection_limits.body_timeout = timeout;
        self
    }
}
