"""Tests of the e-conomic stand-in, over real sockets."""
