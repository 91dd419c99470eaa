use std::time::Duration;

use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::{assert_invalid_grant, field, refresh, request_tokens, start_with_fixed_clock};
use crate::support::Service;

#[tokio::test]
async fn refresh_rotates_the_refresh_token_and_revokes_the_access_token() {
    let service = Service::start().await;
    let client_id = service.emulator.oauth_client().id();
    let customer = service.emulator.customer().id;
    let first = service.emulator.issue_tokens(client_id, customer).unwrap();
    service.current_user(first.access_token()).await.ok();

    let second = refresh(&service, first.refresh_token()).await.ok();
    assert_eq!(service.current_user(first.access_token()).await.status, 401);
    service
        .current_user(field(&second, "access_token"))
        .await
        .ok();
    assert_invalid_grant(&refresh(&service, first.refresh_token()).await);
    refresh(&service, field(&second, "refresh_token"))
        .await
        .ok();
    assert_eq!(service.emulator.token_request_count("refresh_token"), 3);
    assert_eq!(service.emulator.request_count(TOKEN_OPERATION), Some(3));
    assert_eq!(
        service.emulator.token_request_count("client_credentials"),
        0
    );
}

#[tokio::test]
async fn reused_refresh_token_stays_valid_and_is_not_returned() {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::Reuse);
    let service = Service::start_with(builder).await;
    let client_id = service.emulator.oauth_client().id();
    let seller = service.emulator.seller().id;
    let first = service.emulator.issue_tokens(client_id, seller).unwrap();
    let mut before = first.access_token().to_owned();
    for _ in 0..2 {
        let tokens = refresh(&service, first.refresh_token()).await.ok();
        assert_eq!(tokens.get("refresh_token"), None);
        assert_eq!(service.current_user(&before).await.status, 401);
        before = field(&tokens, "access_token").to_owned();
        service.current_user(&before).await.ok();
    }
}

#[tokio::test]
async fn reuse_of_a_used_refresh_token_revokes_its_login_alone() {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse);
    let service = Service::start_with(builder).await;
    let client_id = service.emulator.oauth_client().id();
    let seller = service.emulator.seller().id;
    // The first or the second of three refresh tokens is sent again.
    for reused in 0..2 {
        let first = service.emulator.issue_tokens(client_id, seller).unwrap();
        let other = service.emulator.issue_tokens(client_id, seller).unwrap();
        let mut refresh_tokens = vec![first.refresh_token().to_owned()];
        let mut access_token = String::new();
        for index in 0..2 {
            let tokens = refresh(&service, &refresh_tokens[index]).await.ok();
            refresh_tokens.push(field(&tokens, "refresh_token").to_owned());
            access_token = field(&tokens, "access_token").to_owned();
        }
        service.current_user(&access_token).await.ok();
        // An unknown token revokes nothing.
        assert_invalid_grant(&refresh(&service, "unknown").await);
        service.current_user(&access_token).await.ok();

        assert_invalid_grant(&refresh(&service, &refresh_tokens[reused]).await);
        assert_eq!(service.current_user(&access_token).await.status, 401);
        assert_invalid_grant(&refresh(&service, &refresh_tokens[2]).await);
        service.current_user(other.access_token()).await.ok();
        refresh(&service, other.refresh_token()).await.ok();
    }
}

#[tokio::test]
async fn reuse_of_a_used_refresh_token_revokes_nothing_by_default() {
    let service = Service::start().await;
    let client_id = service.emulator.oauth_client().id();
    let seller = service.emulator.seller().id;
    let first = service.emulator.issue_tokens(client_id, seller).unwrap();
    let second = refresh(&service, first.refresh_token()).await.ok();
    assert_invalid_grant(&refresh(&service, first.refresh_token()).await);
    let access_token = field(&second, "access_token");
    service.current_user(access_token).await.ok();
    refresh(&service, field(&second, "refresh_token"))
        .await
        .ok();
}

#[tokio::test]
async fn access_tokens_expire_by_the_emulator_clock() {
    let builder = Emulator::builder().access_token_lifetime(Duration::from_secs(60));
    let service = start_with_fixed_clock(builder).await;
    let tokens = request_tokens(&service, &[("grant_type", "client_credentials")])
        .await
        .ok();
    assert_eq!(tokens["expires_in"], 60);
    let token = field(&tokens, "access_token");
    service
        .emulator
        .advance_clock(Duration::from_secs(59))
        .unwrap();
    service.current_user(token).await.ok();
    service
        .emulator
        .advance_clock(Duration::from_secs(1))
        .unwrap();
    assert_eq!(service.current_user(token).await.status, 401);
    // A preconfigured user token does not expire.
    service
        .current_user(service.emulator.seller().token())
        .await
        .ok();
}

#[tokio::test]
async fn revoked_tokens_are_rejected() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let client_id = service.emulator.oauth_client().id();
    let tokens = service.emulator.issue_tokens(client_id, seller.id).unwrap();
    for token in [
        seller.token(),
        tokens.access_token(),
        tokens.refresh_token(),
    ] {
        assert!(service.emulator.revoke_token(token));
        assert!(!service.emulator.revoke_token(token));
    }
    assert_eq!(service.current_user(seller.token()).await.status, 401);
    assert_eq!(
        service.current_user(tokens.access_token()).await.status,
        401
    );
    assert_invalid_grant(&refresh(&service, tokens.refresh_token()).await);
}
