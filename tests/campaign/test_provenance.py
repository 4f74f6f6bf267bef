import subprocess

from sim.campaign import provenance


def test_it_names_version_python_and_packages():
    origin = provenance.provenance()
    assert set(origin) == {"version", "git", "python", "packages"}
    assert "unknown" not in origin["packages"].values()


def test_a_checkout_without_git_has_no_commit(monkeypatch):
    def no_git(*_arguments, **_options):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert provenance.provenance()["git"] is None


def test_a_clean_and_a_changed_checkout_can_be_told_apart(monkeypatch):
    answers = {"ls-files": "provenance.py", "rev-parse": "abc", "status": ""}
    monkeypatch.setattr(provenance, "_ask_git", lambda command, *_options: answers[command])
    assert provenance.provenance()["git"] == {"commit": "abc", "dirty": False}
    answers["status"] = " M file"
    assert provenance.provenance()["git"] == {"commit": "abc", "dirty": True}


def test_a_copy_inside_a_foreign_checkout_has_no_commit(monkeypatch):
    answers = {"ls-files": None, "rev-parse": "abc", "status": ""}
    monkeypatch.setattr(provenance, "_ask_git", lambda command, *_options: answers[command])
    assert provenance.provenance()["git"] is None


def test_what_is_not_installed_has_an_unknown_version():
    assert provenance._version_of("no-such-distribution-here") == "unknown"
