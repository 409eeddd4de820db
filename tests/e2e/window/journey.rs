//! What people do in the window.

use std::process::Command;

use tempfile::TempDir;
use thirtyfour::prelude::WebDriverResult;

use super::notifications::Notifications;
use super::programs::{Driver, Kommo, arguments, variable};
use super::window::Window;

const LEADS: u32 = 60;

#[tokio::test]
#[ignore = "needs a screen and the built program"]
async fn a_token_brings_the_leads_and_one_of_them_opens() -> WebDriverResult<()> {
    let data = TempDir::new().unwrap();
    let (kommo, notifications, driver) = (Kommo::start(LEADS), Notifications::start(), Driver::start());
    let window = Window::open(&driver, &arguments(data.path(), &kommo)).await?;

    window.connect(&kommo).await?;

    let name = window.first_lead().await?;
    let (title, body) = notifications.next();
    assert!(title.contains(':'), "the notification names the account: {title}");
    assert!(body.contains(char::is_numeric), "it tells how many leads there are: {body}");

    window.write("leads.search", &name).await?;
    let row = window.lead_row(&name).await?;
    row.click().await?;
    window.heading_with(&name).await?;
    window.close().await
}

#[tokio::test]
#[ignore = "needs a screen and the built program"]
async fn the_demo_opens_on_its_leads() -> WebDriverResult<()> {
    let driver = Driver::start();
    let window = Window::open(&driver, &["--demo".to_owned()]).await?;
    window.press("nav.leads").await?;
    assert!(!window.first_lead().await?.is_empty());
    window.close().await
}

#[tokio::test]
#[ignore = "needs a screen and the built program"]
async fn a_second_start_ends_at_once_and_the_first_goes_on() -> WebDriverResult<()> {
    let data = TempDir::new().unwrap();
    let (kommo, driver) = (Kommo::start(LEADS), Driver::start());
    let arguments = arguments(data.path(), &kommo);
    let window = Window::open(&driver, &arguments).await?;

    let second = Command::new(variable("CADENCIA_APP")).args(&arguments).status().unwrap();
    assert!(second.success(), "the second start ended with {second}");
    window.press("connect.way.token.title").await?;
    window.heading("connect.token.title").await?;
    window.close().await
}
