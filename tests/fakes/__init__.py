"""An ESP32 without one, for every interpreter: its time, pins and flash, and how it fails. Nobody's time moves but by a test."""
