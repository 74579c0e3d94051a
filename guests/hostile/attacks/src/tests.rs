//! What can be seen without a host: which attack is chosen, and that what it leaves alone is done honestly.

use super::*;

fn init(properties: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    begin(properties.iter().map(owned).collect())
}

#[test]
fn a_property_chooses_the_attack() {
    assert!(attack(|_| Ok(())).is_err());
    assert!(init(&[]).is_err());
    assert!(init(&[("attack", "kindness")]).is_err());
    init(&[("attack", "endless-call")]).unwrap();
    assert!(init(&[("attack", "odd-text")]).unwrap()[0].contains('\0'));
}

#[test]
fn what_an_attack_leaves_alone_is_honest() {
    init(&[("attack", "endless-init-of-another")]).unwrap_err();
    init(&[("attack", "endless-call")]).unwrap();
    let secret = attack(|attack| attack.secret("name".to_owned())).unwrap();
    assert_eq!(secret, [("name".to_owned(), String::new())]);
    let hello = attack(|attack| attack.say_hello("Ann".to_owned())).unwrap();
    assert_eq!(hello, "Ann");
}

#[test]
fn messages_come_under_one_id_and_for_nobody() {
    let pull = || {
        let wanted = [pub_sub::Demand { id: 7, messages: 2 }];
        let pulled = attack(|attack| Ok(attack.pull(&wanted))).unwrap();
        let ids = pulled.deliveries.into_iter();
        ids.map(|it| (it.id, it.message_id)).collect::<Vec<_>>()
    };
    init(&[("attack", "same-id")]).unwrap();
    assert_eq!(pull(), vec![(7, "the same".to_owned()); 3]);
    init(&[("attack", "strange-ids")]).unwrap();
    let strange = pull();
    assert!(strange.contains(&(u64::MAX, format!("stray {}", u64::MAX))));
    assert_eq!(
        strange
            .iter()
            .filter(|(id, _)| *id == 7)
            .collect::<Vec<_>>(),
        [&(7, String::new())]
    );
}
