use super::*;

#[test]
fn base_url_replaces_unspecified_address_by_loopback() {
    for (address, url) in [
        ("127.0.0.1:80", "http://127.0.0.1:80"),
        ("0.0.0.0:80", "http://127.0.0.1:80"),
        ("[::]:80", "http://[::1]:80"),
        ("192.0.2.1:80", "http://192.0.2.1:80"),
    ] {
        assert_eq!(base_url(address.parse().unwrap()), url);
    }
}

#[test]
fn default_ids_and_tokens_are_as_documented() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (seller, customer) = (emulator.seller(), emulator.customer());
    assert_eq!((seller.id, seller.token()), (430, "seller-token"));
    assert_eq!((customer.id, customer.token()), (431, "customer-token"));
    assert_eq!(emulator.bot().id, 110_201);
}
