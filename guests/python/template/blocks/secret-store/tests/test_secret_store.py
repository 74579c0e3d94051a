import pytest

from plugbox import NotFound
from secret_store import MySecretStore


def test_secrets_are_the_properties_that_are_named_so() -> None:
    store = MySecretStore()
    store.init({"secret.password": "oak", "other": "pine"})
    assert store.get("password", {}) == {"password": "oak"}
    for name in ["other", "secret.password", ""]:
        with pytest.raises(NotFound):
            store.get(name, {})


def test_an_init_forgets_the_secrets_of_the_one_before() -> None:
    store = MySecretStore()
    store.init({"secret.password": "oak"})
    store.init({})
    with pytest.raises(NotFound):
        store.get("password", {})
