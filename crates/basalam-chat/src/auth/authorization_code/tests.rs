use super::*;

fn app() -> AuthorizationCode {
    AuthorizationCode::new("shop&1", "canary-secret", "https://shop.example/back?a=b")
}

const CHAT: [Scope; 2] = [Scope::CustomerChatRead, Scope::CustomerChatWrite];

#[test]
fn authorize_url_has_required_parameters_and_no_secret() {
    let request = app().authorize_url(CHAT).unwrap();
    let url = Url::parse(request.url()).unwrap();
    assert!(
        request
            .url()
            .starts_with("https://basalam.com/accounts/sso?")
    );
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        pairs,
        [
            pair("client_id", "shop&1"),
            pair("scope", "customer.chat.read customer.chat.write"),
            pair("redirect_uri", "https://shop.example/back?a=b"),
            pair("state", request.state()),
        ]
    );
    assert_eq!(request.state().len(), 32);
    assert_ne!(request.state(), app().authorize_url(CHAT).unwrap().state());
    assert!(!format!("{:?}{request:?}", app()).contains("canary"));
}

#[test]
fn callback_accepts_query_and_whole_url() {
    for query in [
        "code=a%2Fb&state=expected",
        "?state=expected&code=a%2Fb",
        "https://shop.example/back?a=b&state=expected&code=a%2Fb#end",
        "a=what?&state=expected&code=a%2Fb",
    ] {
        let login = app().callback("expected", query).unwrap();
        assert_eq!(login.code.unwrap().code.expose_secret(), "a/b", "{query}");
    }
}

#[test]
fn callback_rejects_another_state_first() {
    for (state, query) in [
        ("expected", "code=a&state=other"),
        ("expected", "code=a"),
        ("expected", "error=access_denied"),
        ("", "code=a&state="),
        ("", "code=a"),
    ] {
        let error = app().callback(state, query).unwrap_err();
        assert!(error.is_authentication(), "{query}");
        assert!(error.to_string().contains("`state`"), "{error}");
    }
}

#[test]
fn callback_reports_denied_login_with_messages() {
    let query = "state=s&error=access_denied&error_description=the+person+said+no";
    let error = app().callback("s", query).unwrap_err();
    assert!(error.is_authentication());
    assert_eq!(error.messages(), ["access_denied", "the person said no"]);
    assert!(
        app()
            .callback("s", "state=s")
            .unwrap_err()
            .is_authentication()
    );
}

#[test]
fn authorize_url_rejects_invalid_arguments_by_name() {
    let no_scope = app().authorize_url([]).unwrap_err();
    assert!(no_scope.to_string().contains("`scopes`"));
    let no_state = app().authorize_url_with_state(CHAT, "").unwrap_err();
    assert!(no_state.to_string().contains("`state`"));
    for (id, redirect, named) in [
        ("", "https://shop.example", "`client_id`"),
        ("1", "/callback", "`redirect_uri`"),
    ] {
        let app = AuthorizationCode::new(id, "secret", redirect);
        let error = app.authorize_url(CHAT).unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains(named));
    }
}
