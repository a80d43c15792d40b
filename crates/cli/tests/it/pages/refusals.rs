//! What goes wrong on pages is told on pages.

use super::{assert_html, page, send};
use crate::support::{Server, Store, stories};

stories!(unknown_pages_are_pages, bad_forms_are_told_on_a_page);

fn unknown_pages_are_pages(store: Store) {
    let server = Server::start(store);
    let nobody = server.nobody();
    for path in [
        "/pay/x",
        "/pay/00000000000000000000000000",
        "/pay/%ff",
        "/pay",
        "/pay/a/b",
        "/assets/x.css",
    ] {
        let shown = page(&nobody, path).expect(404);
        assert!(shown.text.contains("Nothing is here"), "{}", shown.story());
        assert!(shown.header("content-security-policy").is_some(), "{path}");
    }
    let method = nobody.delete("//pay/x").expect(405);
    assert_html(&method);
    nobody.get("//paying").refused(404, "NOT_FOUND");
}

fn bad_forms_are_told_on_a_page(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (link, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/pay/{slug}");
    for form in ["", "method=", "method=4111", "method=4242%00", "{\"method\":\"4242\"}", "%ff=%ff"]
    {
        let refused = send(&nobody, &path, form).expect(400);
        assert_html(&refused);
        assert!(refused.text.contains("Choose a test method"), "{}", refused.story());
    }
    let large = format!("method=4242&x={}", "y".repeat(17_000));
    assert_html(&send(&nobody, &path, &large).expect(413));
    assert_html(&send(&nobody, "/pay/nothing", "method=4242").expect(404));
    assert_eq!(owner.of_link(&link, "uses"), 0);
}
