use http_body_util::Full;

use super::*;

/// Checks a request with these headers. The method defaults to GET, and the host to 127.0.0.1:8080.
fn check(access: &Access, request: &str) -> Result<Admission, Rejection> {
    let mut lines = request.lines().map(str::trim);
    let line = lines.next().unwrap_or_default();
    let (method, target) = line.split_once(' ').unwrap_or(("GET", line));
    let mut builder = Request::builder().method(method).uri(target);
    let mut has_host = false;
    let mut body = "";
    for line in lines {
        if let Some(text) = line.strip_prefix("> ") {
            body = text;
            continue;
        }
        let (name, value) = line.split_once(':').unwrap();
        has_host |= name.eq_ignore_ascii_case("host");
        builder = builder.header(name, value.trim());
    }
    if !has_host {
        builder = builder.header("host", "127.0.0.1:8080");
    }
    let body = Full::new(bytes::Bytes::from(body.to_owned()));
    access.check(&builder.body(body).unwrap())
}

fn status(access: &Access, request: &str) -> u16 {
    match check(access, request) {
        Ok(_) => 200,
        Err(rejection) => rejection.status,
    }
}

fn access(hosts: &[&str], origins: &[&str]) -> Access {
    let mut access = Access::default();
    for host in hosts {
        access.hosts.add((*host).to_owned());
    }
    for origin in origins {
        access.cors.add((*origin).to_owned());
    }
    access.validate().unwrap();
    access
}

#[test]
fn addresses_localhost_and_allowed_names_are_allowed_hosts() {
    let access = access(&["Emulator"], &[]);
    for host in [
        "127.0.0.1",
        "127.0.0.1:8080",
        "192.168.1.5:80",
        "[::1]:8080",
        "[::1]",
        "localhost",
        "LOCALHOST:8080",
        "localhost.",
        "shop.localhost:8080",
        "emulator:8080",
        "EMULATOR",
        "emulator.",
    ] {
        assert_eq!(status(&access, &format!("/\nhost: {host}")), 200, "{host}");
    }
}

#[test]
fn other_hosts_are_rejected_with_the_remedy() {
    let access = access(&["emulator"], &[]);
    for host in [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "emulator.evil.example",
        "x.emulator",
        "127.0.0.1@evil.example",
        "evil.example@a.localhost",
        "evil.example/.localhost",
        "evil.example:80:80",
        "127.0.0.1:port",
        "",
        ":80",
        "[::1]evil",
        "0x7f000001",
    ] {
        let rejection = check(&access, &format!("/v1/chats\nhost: {host}")).unwrap_err();
        assert_eq!(rejection.status, 403, "{host}");
        assert!(rejection.reason.contains("--allow-host"), "{rejection:?}");
    }
    let rejection = check(&access, "/\nhost: evil.example:8080").unwrap_err();
    assert!(
        rejection.reason.contains("--allow-host evil.example`"),
        "{rejection:?}"
    );
}

#[test]
fn proxied_requests_need_an_allowed_host_in_target_and_header() {
    let access = Access::default();
    for (target, host, expected) in [
        ("http://127.0.0.1:8080/v1/chats", "127.0.0.1:8080", 200),
        ("http://evil.example/v1/chats", "127.0.0.1:8080", 403),
        ("http://127.0.0.1:8080/v1/chats", "evil.example", 403),
    ] {
        let request = format!("{target}\nhost: {host}");
        assert_eq!(status(&access, &request), expected, "{request}");
    }
}

#[test]
fn pages_of_other_origins_are_rejected() {
    let access = Access::default();
    for headers in [
        "origin: https://evil.example",
        "origin: null",
        "origin: http://127.0.0.1:3000",
        "origin: http://localhost:8080",
        "origin: 127.0.0.1:8080",
        "origin: ftp://127.0.0.1:8080",
        "origin: http://127.0.0.1:8080\norigin: http://evil.example",
        "sec-fetch-site: cross-site\nsec-fetch-mode: no-cors",
        "sec-fetch-site: same-site\nsec-fetch-mode: cors",
        "sec-fetch-site: cross-site",
        "sec-fetch-site: cross-site\nsec-fetch-mode: navigate\nsec-fetch-dest: iframe",
        "origin: https://evil.example\nsec-fetch-site: same-origin",
    ] {
        for target in [
            "/v1/chats",
            "/oauth/token",
            "/files/1/a",
            "/_emulator/",
            "/_emulator",
        ] {
            let request = format!("{target}\n{headers}");
            assert_eq!(status(&access, &request), 403, "{request}");
        }
    }
    let posted = "POST /v1/chats\nsec-fetch-site: cross-site\nsec-fetch-mode: navigate";
    assert_eq!(status(&access, posted), 403);
}

#[test]
fn navigations_of_other_pages_reach_pages_alone() {
    let navigation =
        "sec-fetch-site: cross-site\nsec-fetch-mode: navigate\nsec-fetch-dest: document";
    let picture = "sec-fetch-site: cross-site\nsec-fetch-mode: no-cors\nsec-fetch-dest: image";
    for access in [access(&[], &[]), access(&[], &["http://localhost:3000"])] {
        for (target, expected) in [
            ("/accounts/sso?client_id=a", 200),
            ("/files/1/a", 200),
            ("/_emulator/console/", 200),
            // They change state without another credential than the token in the path.
            ("/v1/bots/1:secret/deleteWebhook", 403),
            ("/v1/bots/1:secret/logOut", 403),
        ] {
            assert_eq!(
                status(&access, &format!("{target}\n{navigation}")),
                expected,
                "{target}"
            );
        }
        let request = format!("/v1/bots/1:secret/logOut\n{picture}");
        assert_eq!(status(&access, &request), 403);
        assert_eq!(status(&access, &format!("/accounts/sso\n{picture}")), 403);
    }
}

#[test]
fn own_pages_links_and_programs_are_allowed() {
    let access = Access::default();
    for headers in [
        "accept: */*",
        "origin: http://127.0.0.1:8080",
        "origin: https://127.0.0.1:8080",
        "host: localhost\norigin: http://localhost",
        "host: localhost:443\norigin: https://localhost",
        "sec-fetch-site: same-origin",
        "sec-fetch-site: none",
        "sec-fetch-site: cross-site\nsec-fetch-mode: navigate\nsec-fetch-dest: document",
    ] {
        for target in ["/accounts/sso", "/_emulator/console/"] {
            let request = format!("{target}\n{headers}");
            assert_eq!(check(&access, &request), Ok(Admission::Plain), "{request}");
        }
    }
}

#[test]
fn cors_permits_origins_on_service_paths_alone() {
    let access = access(&[], &["http://localhost:3000"]);
    let origin = HeaderValue::from_static("http://localhost:3000");
    let allowed = "/v1/chats\norigin: http://localhost:3000";
    assert_eq!(
        check(&access, allowed),
        Ok(Admission::CrossOrigin(origin.clone()))
    );
    let preflight = "OPTIONS /v1/chats\norigin: http://localhost:3000\n\
         access-control-request-method: POST";
    assert_eq!(check(&access, preflight), Ok(Admission::Preflight(origin)));
    let picture = "/files/1/a\nsec-fetch-site: same-site\nsec-fetch-mode: no-cors";
    assert_eq!(check(&access, picture), Ok(Admission::Plain));
    for (target, origin) in [
        ("/v1/chats", "http://localhost:3001"),
        ("/v1/chats", "null"),
        ("/_emulator/", "http://localhost:3000"),
        ("/_emulator", "http://localhost:3000"),
    ] {
        let request = format!("{target}\norigin: {origin}");
        assert_eq!(status(&access, &request), 403, "{request}");
        let preflight = format!("OPTIONS {request}\naccess-control-request-method: POST");
        assert_eq!(status(&access, &preflight), 403, "{preflight}");
    }
}

#[test]
fn control_changes_need_the_header_and_json() {
    let access = Access::default();
    let marked = "x-basalam-emulator: 1";
    let json = "content-type: application/json; charset=utf-8";
    for (request, expected) in [
        ("POST /_emulator/reset".to_owned(), 403),
        (
            "POST /_emulator/reset\nx-basalam-emulator: 2".to_owned(),
            403,
        ),
        (
            "POST /_emulator/reset\nx-basalam-emulator: 1, 1".to_owned(),
            403,
        ),
        (format!("POST /_emulator/reset\n{marked}\n{marked}"), 403),
        (format!("POST /_emulator/reset\n{marked}"), 200),
        (format!("DELETE /_emulator/faults\n{marked}"), 200),
        ("DELETE /_emulator/faults".to_owned(), 403),
        (format!("POST /_emulator/seed\n{marked}\n> {{}}"), 415),
        (
            format!("POST /_emulator/seed\n{marked}\ncontent-type: text/plain\n> {{}}"),
            415,
        ),
        (
            format!("POST /_emulator/seed\n{marked}\n{json}\n> {{}}"),
            200,
        ),
        ("GET /_emulator/requests".to_owned(), 200),
        ("POST /v1/chats\n> {}".to_owned(), 200),
        ("POST /_emulators\n> {}".to_owned(), 200),
    ] {
        assert_eq!(status(&access, &request), expected, "{request}");
    }
}

#[test]
fn invalid_hosts_and_origins_are_invalid_arguments() {
    for host in [
        "",
        "*",
        "http://emulator",
        "emulator:8080",
        "a b",
        "*.example",
    ] {
        let mut access = Access::default();
        access.hosts.add(host.to_owned());
        assert!(
            access.validate().unwrap_err().is_invalid_argument(),
            "{host}"
        );
    }
    for origin in [
        "",
        "localhost:3000",
        "http://localhost:3000/",
        "http://",
        "null",
        "http://*",
    ] {
        let mut access = Access::default();
        access.cors.add(origin.to_owned());
        assert!(
            access.validate().unwrap_err().is_invalid_argument(),
            "{origin}"
        );
    }
}
