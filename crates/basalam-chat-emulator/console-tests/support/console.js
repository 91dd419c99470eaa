// What a person does in the console.

export class Console {
  constructor(page, emulator) {
    this.page = page;
    this.emulator = emulator;
    this.messages = page.getByRole('feed', { name: 'Messages' });
    this.chats = page.getByRole('listbox', { name: 'Chats' });
    this.requests = page.getByRole('listbox', { name: 'Requests' });
    this.composer = page.getByRole('textbox', { name: 'Write a message' });
    this.outbox = page.getByRole('list', { name: 'Messages being sent' });
  }

  /** Opens the console as a user, in a chat if one is given, and waits until it is live. */
  async open({ as, chat } = {}) {
    const hash = [as && `as=${as}`, chat && `chat=${chat}`].filter(Boolean).join('&');
    await this.page.goto(this.emulator.console + (hash && `#${hash}`));
    await this.page.getByText('Live', { exact: true }).waitFor();
  }

  /** Chooses who to be. */
  async be(name) {
    await this.page.getByRole('button', { name: 'You are' }).click();
    await this.page.getByRole('combobox', { name: 'Search users by name or id' }).fill(name);
    await this.user(name).click();
  }

  /** The user with this name in the dialog that chooses one. */
  user(name) {
    return this.page.getByRole('listbox', { name: 'Users' }).getByRole('option', { name });
  }

  async openChat(title) {
    await this.chats.getByRole('option', { name: title }).click();
  }

  async write(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The message with this text. */
  message(text) {
    return this.messages.getByRole('article').filter({ hasText: text });
  }

  async choose(menuItem) {
    await this.page.getByRole('button', { name: 'More actions' }).click();
    await this.page.getByRole('menuitem', { name: menuItem }).click();
  }

  /** Shows a tab of the inspector; returns its panel. */
  async tab(name) {
    await this.page.getByRole('tab', { name }).click();
    return this.page.getByRole('tabpanel', { name });
  }
}
