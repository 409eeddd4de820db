//! What is changed on one side is seen on the other.

use tempfile::TempDir;
use thirtyfour::prelude::WebDriverResult;

use super::kommo_side::Somebody;
use super::programs::{Driver, Kommo, arguments};
use super::window::Window;

const LEADS: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a screen and the built program"]
async fn a_stage_moved_in_kommo_moves_in_the_window_and_one_moved_there_moves_in_kommo() -> WebDriverResult<()>
{
    let data = TempDir::new().unwrap();
    let (kommo, driver) = (Kommo::start_without_limit(LEADS), Driver::start());
    let somebody = Somebody::new(&kommo);
    let (lead, name, stages) = somebody.lead_that_can_move().await;
    let window = Window::open(&driver, &arguments(data.path(), &kommo)).await?;
    window.connect(&kommo).await?;

    window.write("leads.search", &name).await?;
    window.lead_row(&name).await?.click().await?;
    window.heading_with(&name).await?;

    somebody.moves(lead, &stages[0]).await;
    let shown = window.value_with("changes.field.stage", &stages[0].name).await?;

    shown.click().await?;
    window.choose(&stages[1].name).await?;
    window.value_with("changes.field.stage", &stages[1].name).await?;
    somebody.wait_until_moved(&tokio::runtime::Handle::current(), lead, &stages[1]);
    window.close().await
}
