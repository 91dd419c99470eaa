// A stall with chats of every kind, for screenshots and accessibility checks.

const at = (time) => `2026-07-22 ${time}`;

/** Fills an emulator; returns the id of the chat to open. The customer's picture is uploaded, so that it is shown. */
export async function fillScene(emulator) {
  await emulator.control('POST', 'clock', { now: at('10:31:00') });
  await emulator.control('POST', 'clock', { resume: true });
  const form = new FormData();
  form.append('file', new Blob([picture()], { type: 'image/svg+xml' }), 'shawl.svg');
  form.append('file_type', 'chat.photo');
  const uploaded = await fetch(`${emulator.origin}/v1/files`, {
    method: 'POST',
    headers: { Authorization: 'Bearer customer-token' },
    body: form,
  });
  const { id, url } = await uploaded.json();
  const {
    chat_ids: [chat],
  } = await emulator.seed({
    users: [
      { name: 'سارا احمدی', id: 501, token: 'sara-token' },
      { name: 'Reza', id: 502, token: 'reza-token' },
      { name: 'مینا', id: 503, token: 'mina-token' },
    ],
    chats: [
      {
        chat_type: 'private',
        member_ids: [430, 431],
        updated_at: at('10:31:00'),
        messages: [
          { sender_id: 431, text: 'سلام، این شال هنوز موجود است؟', created_at: '2026-07-21 18:04:00' },
          {
            sender_id: 430,
            text: 'سلام! بله، در سه رنگ: سرمه‌ای، زرشکی و سبز. کد محصول: SH-204',
            created_at: '2026-07-21 18:06:00',
          },
          { sender_id: 431, message_type: 'product', entity_id: 24835, created_at: at('10:01:00') },
          { sender_id: 431, text: 'Is the size 70 × 200 cm? And do you ship to Shiraz?', created_at: at('10:01:20') },
          {
            sender_id: 431,
            message_type: 'picture',
            text: 'مثل این',
            files: [{ id, url, name: 'shawl.svg', width: 320, height: 120 }],
            created_at: at('10:02:00'),
          },
          {
            sender_id: 430,
            text: 'Yes, 70 × 200. ارسال به شیراز دو روزه است.\nکدام رنگ را می‌خواهید؟',
            created_at: at('10:05:00'),
            reply_markup: [
              [
                { id: 1, label: 'سرمه‌ای', type: 'msg', data: {} },
                { id: 2, label: 'زرشکی', type: 'msg', data: {} },
              ],
              [{ id: 3, label: 'Size guide', type: 'url', data: { url: 'https://example.com/sizes' } }],
            ],
          },
          { sender_id: 431, text: 'سرمه‌ای لطفاً', created_at: at('10:30:00') },
        ],
      },
      {
        chat_type: 'private',
        member_ids: [430, 502],
        updated_at: at('10:20:00'),
        messages: [{ sender_id: 502, text: 'Thanks, it arrived today!', created_at: at('10:20:00') }],
      },
      {
        chat_type: 'group',
        title: 'بافنده‌ها',
        member_ids: [431, 430, 501, 503],
        updated_at: at('09:40:00'),
        messages: [
          { sender_id: 501, text: 'صبح بخیر همگی', created_at: at('09:38:00') },
          { sender_id: 503, text: 'نخ تازه رسید', created_at: at('09:40:00') },
        ],
      },
      {
        chat_type: 'channel',
        title: 'Shop news',
        member_ids: [430, 431, 501],
        updated_at: at('08:00:00'),
        messages: [{ sender_id: 430, text: 'New colours every Saturday', created_at: at('08:00:00') }],
      },
      { chat_type: 'bot', title: 'Order bot', link: 'order_bot', member_ids: [431], updated_at: '2026-07-20 12:00:00' },
    ],
  });
  return chat;
}

/** Sends requests of several outcomes. */
export async function sendRequests(emulator, chat) {
  const get = (path, token) =>
    fetch(emulator.origin + path, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  await get('/v1/chats', 'seller-token');
  await get(`/v1/chats/${chat}/messages?limit=20`, 'seller-token');
  await get('/v1/chats/unseen-count', 'customer-token');
  await get('/v1/chats?limit=none', 'customer-token');
  await get('/v1/users/me', 'wrong-token');
  await emulator.control('POST', 'faults', { rule: '503,operation=create_message,times=1' });
  const text = { message_type: 'text', content: { text: 'Hello' } };
  await emulator.service('POST', '/v1/chats/1/messages', text, 'seller-token').catch(() => {});
  await emulator.service(
    'POST',
    `/v1/chats/${chat}/messages`,
    { message_type: 'text', content: { text: 'کد رهگیری: 4417' } },
    'seller-token',
  );
  await emulator.service('POST', `/v1/chats/${chat}/messages`, {
    message_type: 'text',
    content: { text: 'خیلی ممنون' },
  });
}

function picture() {
  const stripes = [...Array(9).keys()].map((it) => `<rect x="${it * 36}" width="18" height="120" fill="#0f766e"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120"><rect width="320" height="120" fill="#e7c98a"/>${stripes.join('')}</svg>`;
}
