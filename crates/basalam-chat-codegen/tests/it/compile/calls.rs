//! Calls of mocks with the generated clients.

use std::sync::Arc;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{
    Inner, RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
};
use generated_modules::webhooks::{mock, sources};
use httpmock::MockServer;
use serde_json::json;

/// A transport that only sends.
#[derive(Debug)]
struct Direct(reqwest::Client);

impl Transport for Direct {
    fn send<'a>(
        &'a self,
        _operation: &'static Operation,
        request: reqwest::Request,
        _rebuild: RequestFactory<'a>,
    ) -> TransportFuture<'a> {
        Box::pin(async move {
            let response = self.0.execute(request).await.map_err(TransportError::new)?;
            let response = response.error_for_status().map_err(TransportError::new)?;
            Ok(SuccessResponse {
                headers: response.headers().clone(),
                body: response.bytes().await.map_err(TransportError::new)?,
                context: None,
            })
        })
    }
}

fn client(server: &MockServer) -> sources::Client {
    let http = reqwest::Client::new();
    let inner = Inner::new(Arc::new(Direct(http.clone())));
    sources::Client::new_with_client(&server.base_url(), http, inner)
}

#[tokio::test]
async fn sends_parameters_and_reads_a_list() {
    use mock::MockServerExt;
    use sources::newtypes::GetHooksV1HooksGetFieldsItem as Field;

    let server = MockServer::start_async().await;
    let list = json!({ "data": [{ "id": 7, "events": null, "owner": { "avatar": { "md": "m" } } }] });
    let list: sources::types::Hooks1fHookList = serde_json::from_value(list).unwrap();
    let (ids, fields) = (vec![3, 4], vec![Field::Id, Field::from("other")]);
    let mock = server.get_hooks_v1_hooks_get(|when, then| {
        when.page(2).event_ids(&ids).fields(&fields);
        then.ok(&list);
    });
    let on_the_wire = server.mock(|when, then| {
        when.path("/api/v1/hooks").query_param("fields", "id,other");
        then.status(500);
    });
    let sent = client(&server).get_hooks_v1_hooks_get(Some(&ids), Some(&fields), Some(2)).await;
    assert_eq!(sent.unwrap().into_inner(), list);
    mock.assert();
    assert_eq!(on_the_wire.calls(), 0);

    let mock = server.get_hooks_v1_hooks_get(|when, then| {
        when.page(None).event_ids(None).fields(None);
        then.ok(&list);
    });
    client(&server).get_hooks_v1_hooks_get(None, None, None).await.unwrap();
    mock.assert();
}

#[tokio::test]
async fn sends_bodies_with_types_that_have_their_names_from_their_places() {
    use mock::MockServerExt;
    use sources::newtypes::Hooks1fNewHookRequestMethod as Method;
    use sources::types::{
        DeleteHookV1HooksHookIdDeleteBody, DeleteHookV1HooksHookIdDeleteResponse, Hooks1fHook,
        Hooks1fNewHook,
    };

    let server = MockServer::start_async().await;
    let hook: Hooks1fHook = serde_json::from_value(json!({ "id": 7 })).unwrap();
    let body = Hooks1fNewHook::new(vec![1], Method::Post);
    let mock = server.create_hook(|when, then| {
        when.body(&body);
        then.ok(&hook);
    });
    let created = client(&server).create_hook(&body).await.unwrap().into_inner();
    assert_eq!(created.id, 7);
    mock.assert();

    let deleted: DeleteHookV1HooksHookIdDeleteResponse = serde_json::from_value(json!({})).unwrap();
    let body = DeleteHookV1HooksHookIdDeleteBody::new("old".to_owned());
    let mock = server.delete_hook_v1_hooks_hook_id_delete(|when, then| {
        when.hook_id(7).body(&body);
        then.ok(&deleted);
    });
    let result = client(&server).delete_hook_v1_hooks_hook_id_delete(7, &body).await;
    assert_eq!(result.unwrap().into_inner(), deleted);
    mock.assert();
}

#[test]
fn operation_tables_list_paths_with_the_path_of_the_server() {
    let paths: Vec<&str> = sources::operations::ALL.iter().map(|it| it.path).collect();
    assert_eq!(
        paths,
        ["/api/v1/hooks", "/api/v1/hooks", "/api/v1/hooks/{hook_id}"]
    );
    assert!(sources::operations::DELETE_HOOK_V1_HOOKS_HOOK_ID_DELETE.idempotent);
    assert!(!sources::operations::CREATE_HOOK.idempotent);
}
