use bastide_door::{Failure, Permitted};
use bastide_shape::Document;
pub(crate) async fn principal(_call: &mut Permitted) -> Result<Document, Failure> {
    Ok(Document::new())
}
pub(crate) async fn custom(_call: &mut Permitted) -> Result<Document, Failure> {
    Ok(Document::new())
}
pub(crate) async fn custom_keys(_call: &mut Permitted) -> Result<Document, Failure> {
    Ok(Document::new())
}
pub(crate) async fn principal_keys(_call: &mut Permitted) -> Result<Document, Failure> {
    Ok(Document::new())
}
