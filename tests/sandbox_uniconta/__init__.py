"""Tests of the Uniconta stand-in, over real sockets."""
