-- Bytes that were copied out of a bundle.
ALTER TABLE ledger ADD COLUMN usb INTEGER NOT NULL DEFAULT 0;
