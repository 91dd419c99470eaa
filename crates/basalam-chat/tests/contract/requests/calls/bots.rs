//! Bot operations: by the facade, and with the other HTTP methods by the generated client.

use basalam_chat::raw;
use basalam_chat::raw::newtypes::BotToken;
use basalam_chat::raw::operations;

use crate::requests::recorder::{Expected, Recorder};

const BOT_TOKEN: &str = "601:bot_secret-A";

pub(super) async fn make(recorder: &mut Recorder) {
    let of = |id, by| Expected::new(id, by).path("token", BOT_TOKEN);
    let client = recorder.client.clone();
    let bot = client.bot(BOT_TOKEN).unwrap();
    let expected = of("get_me_post", "by the facade");
    recorder.run(expected, bot.get_me()).await;
    let expected = of("get_webhook_info_post", "by the facade");
    recorder.run(expected, bot.get_webhook_info()).await;
    let expected = of("delete_webhook_delete", "by the facade");
    recorder.run(expected, bot.delete_webhook()).await;
    let expected = of("log_out_post", "by the facade");
    recorder.run(expected, bot.log_out()).await;

    let token = BotToken::new(BOT_TOKEN).unwrap();
    macro_rules! by_the_generated_client {
        ($($method:ident $row:ident),+) => {$(
            let call = async {
                let result = client.raw().$method(&token).await;
                raw::read(&client, &operations::$row, result)
            };
            let expected = of(stringify!($method), "by the generated client");
            recorder.run(expected, call).await;
        )+};
    }
    by_the_generated_client!(
        get_me GET_ME,
        get_me_post GET_ME_POST,
        get_webhook_info GET_WEBHOOK_INFO,
        get_webhook_info_post GET_WEBHOOK_INFO_POST,
        delete_webhook DELETE_WEBHOOK,
        delete_webhook_post DELETE_WEBHOOK_POST,
        delete_webhook_delete DELETE_WEBHOOK_DELETE,
        log_out LOG_OUT,
        log_out_post LOG_OUT_POST
    );
}
