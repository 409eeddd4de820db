//! The window as a person uses it: finds things by what they are and what they are called.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use super::programs::{Driver, Kommo, variable};
use super::words::Words;

/// States are waited for; a busy machine only takes longer.
const PATIENCE: Duration = Duration::from_secs(90);
const BETWEEN: Duration = Duration::from_millis(100);

/// A window and the words of its language.
pub(crate) struct Window {
    driver: WebDriver,
    words: Words,
}

impl Window {
    /// Starts the program with `arguments` and waits until it shows its first page.
    pub(crate) async fn open(driver: &Driver, arguments: &[String]) -> WebDriverResult<Self> {
        let mut wishes = Capabilities::new();
        wishes.set("browserName", "wry")?;
        wishes.set("tauri:options", json!({ "application": variable("CADENCIA_APP"), "args": arguments }))?;
        // The driver is spoken to in plain HTTP, yet the client wants to know how it would encrypt. Another test of this
        // process may have told it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let driver = WebDriver::new(&driver.url, wishes).await?;
        driver.query(By::Css("h1")).wait(PATIENCE, BETWEEN).first().await?;
        let language = driver.find(By::Css("html")).await?.attr("lang").await?.unwrap_or_default();
        Ok(Self { driver, words: Words::of(&language) })
    }

    /// Connects with the long-lived token, as on the first day, and goes on to the leads.
    pub(crate) async fn connect(&self, kommo: &Kommo) -> WebDriverResult<()> {
        self.heading("connect.welcome.title").await?;
        self.press("connect.way.token.title").await?;
        self.write("connect.address.label", kommo.told("subdomain")).await?;
        self.paste("connect.token.label", kommo.told("long_lived_token")).await?;
        self.press("connect.submit.connect").await?;
        self.press("connect.ready.open_leads").await
    }

    pub(crate) fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// Waits for an element that is seen.
    async fn seen(&self, what: String) -> WebDriverResult<WebElement> {
        self.driver.query(By::XPath(what)).wait(PATIENCE, BETWEEN).and_displayed().first().await
    }

    /// Waits for a heading with the words of `key`.
    pub(crate) async fn heading(&self, key: &str) -> WebDriverResult<()> {
        let words = quoted(&self.say(key));
        self.seen(format!("//*[self::h1 or self::h2 or self::h3][normalize-space()={words}]"))
            .await
            .map(|_| ())
    }

    /// Waits for a heading that holds `text`.
    pub(crate) async fn heading_with(&self, text: &str) -> WebDriverResult<()> {
        let text = quoted(text);
        self.seen(format!("//*[self::h1 or self::h2 or self::h3][contains(normalize-space(), {text})]"))
            .await
            .map(|_| ())
    }

    /// Clicks the link or button that says `key`.
    pub(crate) async fn press(&self, key: &str) -> WebDriverResult<()> {
        let words = quoted(&self.say(key));
        self.seen(format!("//*[self::a or self::button][contains(normalize-space(), {words})]"))
            .await?
            .click()
            .await
    }

    /// Types into the field labelled `key`.
    pub(crate) async fn write(&self, key: &str, text: &str) -> WebDriverResult<()> {
        let field = self.field(key).await?;
        field.clear().await?;
        field.send_keys(text).await
    }

    /// Puts a long text into the field labelled `key` at once, as from the clipboard.
    pub(crate) async fn paste(&self, key: &str, text: &str) -> WebDriverResult<()> {
        let field = self.field(key).await?;
        let script = "arguments[0].focus(); document.execCommand('insertText', false, arguments[1]);";
        self.driver.execute(script, vec![field.to_json()?, json!(text)]).await.map(|_| ())
    }

    async fn field(&self, key: &str) -> WebDriverResult<WebElement> {
        let words = quoted(&self.say(key));
        self.seen(format!("//input[@id=//label[normalize-space()={words}]/@for or @aria-label={words}]"))
            .await
    }

    /// Waits for a row of the table of leads with `text` in it.
    pub(crate) async fn lead_row(&self, text: &str) -> WebDriverResult<WebElement> {
        let text = quoted(text);
        self.in_table(format!("//*[@role='row'][*[@role='gridcell'][contains(., {text})]]")).await
    }

    /// The name of the first lead of the table, once it is read.
    pub(crate) async fn first_lead(&self) -> WebDriverResult<String> {
        // The second row of the grid: the first holds the headers.
        let cell = self
            .in_table("//*[@role='row'][@aria-rowindex='2']/*[@role='gridcell'][2]//*[@title]".to_owned());
        Ok(cell.await?.attr("title").await?.unwrap_or_default())
    }

    /// Waits for something in the table of leads. The driver takes moved rows for hidden ones: it is not asked whether
    /// they are seen.
    async fn in_table(&self, what: String) -> WebDriverResult<WebElement> {
        let table = quoted(&self.say("leads.table"));
        let what = format!("//*[@role='grid'][@aria-label={table}]{what}");
        self.driver.query(By::XPath(what)).wait(PATIENCE, BETWEEN).first().await
    }

    /// Waits for the value of the open card's row labelled `key` to hold `text`.
    pub(crate) async fn value_with(&self, key: &str, text: &str) -> WebDriverResult<WebElement> {
        let (label, text) = (quoted(&self.say(key)), quoted(text));
        self.seen(format!(
            "//*[@role='group'][@aria-label={label}]//button[contains(normalize-space(), {text})]"
        ))
        .await
    }

    /// Chooses the option that says `text` in the list that is open.
    pub(crate) async fn choose(&self, text: &str) -> WebDriverResult<()> {
        let text = quoted(text);
        self.seen(format!("//*[@role='listbox']//*[@role='option'][contains(normalize-space(), {text})]"))
            .await?
            .click()
            .await
    }

    /// Ends the session, and the program with it.
    pub(crate) async fn close(self) -> WebDriverResult<()> {
        self.driver.quit().await
    }
}

/// A text as XPath writes it.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
