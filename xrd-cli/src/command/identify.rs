use anyhow::Result;
/// Name the nearest known structures.
#[derive(clap::Args)]
pub(crate) struct Identify {}
impl Identify {
    pub(crate) fn run(self) -> Result<()> {
        Ok(())
    }
}
