//! Uploaded files in a bucket: what every keeper of files must do, over moto's S3; and addresses that browsers follow by themselves.

use bytes::Bytes;
use reconnect_store::conformance::keeps_files;
use reconnect_store::{BlobError, Blobs};
use reconnect_store_dynamodb::{BucketBlobs, Options};
use reconnect_tests::Request;
use reconnect_tests::standins::Moto;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

fn options() -> Options {
    // A stand-in's keys and region are any.
    Options::from_environment("graph".to_owned(), Some("http://127.0.0.1:9".to_owned())).unwrap()
}

#[test]
fn a_bucket_keeps_files() {
    let moto = Moto::start();
    moto.make_bucket("uploads");
    let blobs = BucketBlobs::new("uploads", Some(&moto.endpoint), &options()).unwrap();
    runtime().block_on(keeps_files(&blobs));
}

#[test]
fn an_address_leads_a_browser_to_the_file() {
    let moto = Moto::start();
    moto.make_bucket("uploads");
    let blobs = BucketBlobs::new("uploads", Some(&moto.endpoint), &options()).unwrap();
    runtime().block_on(blobs.put("videos/001/7_ab.mp4", Bytes::from_static(b"0123456789"))).unwrap();
    let address = blobs.address("videos/001/7_ab.mp4").unwrap();
    for part in ["X-Amz-Signature=", "X-Amz-Expires=900", "X-Amz-Credential=local%2F"] {
        assert!(address.contains(part), "{address}");
    }
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let answer = Request::get(&format!("/{path}")).header("Range", "bytes=2-4").send(host).unwrap();
    assert_eq!((answer.status, answer.text()), (206, "234"));
    assert_eq!(answer.header("content-type"), "video/mp4");
    assert_eq!(blobs.address("../etc.mp4"), None);
}

#[test]
fn a_bucket_that_is_not_there_is_told_and_no_secret_is() {
    let moto = Moto::start();
    let blobs = BucketBlobs::new("nowhere", Some(&moto.endpoint), &options()).unwrap();
    match runtime().block_on(blobs.put("a.jpg", Bytes::from_static(b"x"))) {
        Err(BlobError::Unavailable(why)) => assert!(why.contains("404 (NoSuchBucket)"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert!(!format!("{blobs:?}").contains("local\""));
    for name in ["", "ab", "UPPER", "a/b", "a b", &"x".repeat(64)] {
        assert!(BucketBlobs::new(name, None, &options()).is_err(), "{name}");
    }
}

#[test]
fn nobody_there_is_tried_again_and_then_told() {
    let blobs = BucketBlobs::new("uploads", Some("http://127.0.0.1:9"), &options()).unwrap();
    assert!(matches!(runtime().block_on(blobs.get("a.jpg", None)), Err(BlobError::Unavailable(_))));
}
