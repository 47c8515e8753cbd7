# The boot rules as RAUC's scripts for U-Boot state them: the first slot of BOOT_ORDER with tries left, and one try less.
# Debian's U-Boot for this PC keeps no environment: the script reads and writes the redundant one (two files of 4000 bytes,
# all numbers are hexadecimal: checksum, flag byte that counts up, name=value strings) with what commands there are.
# At 1000000 and 1010000 the two copies, at 1200000 the one to write, at 1100000 checksums, highest byte first.
load ${devtype} ${devnum}:${distro_bootpart} 1000000 uboot.env
load ${devtype} ${devnum}:${distro_bootpart} 1010000 uboot-redund.env
crc32 1000005 3ffb 1100000
crc32 1010005 3ffb 1100004
setenv first bad
setenv second bad
if itest.b *1100000 == *1000003 && itest.b *1100001 == *1000002 && itest.b *1100002 == *1000001 && itest.b *1100003 == *1000000; then
  setenv first good
fi
if itest.b *1100004 == *1010003 && itest.b *1100005 == *1010002 && itest.b *1100006 == *1010001 && itest.b *1100007 == *1010000; then
  setenv second good
fi
# The newer of two good ones; 0 comes after ff.
if test ${first} = good && test ${second} = good; then
  if itest.b *1010004 > *1000004; then setenv first old; fi
  if itest.b *1010004 == ff && itest.b *1000004 == 0; then setenv first good; fi
  if itest.b *1000004 == ff && itest.b *1010004 == 0; then setenv first old; fi
fi
setenv BOOT_ORDER "A B"
setenv BOOT_A_LEFT 3
setenv BOOT_B_LEFT 3
mw.b 1100008 0
if test ${first} = good; then
  env import -b 1000005 3ffb BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
  cp.b 1000004 1100008 1
elif test ${second} = good; then
  env import -b 1010005 3ffb BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
  cp.b 1010004 1100008 1
fi
setenv chosen none
for name in ${BOOT_ORDER}; do
  if test ${chosen} = none && test ${name} = A; then
    if test ${BOOT_A_LEFT} = 9; then setenv chosen a; setenv BOOT_A_LEFT 8;
    elif test ${BOOT_A_LEFT} = 8; then setenv chosen a; setenv BOOT_A_LEFT 7;
    elif test ${BOOT_A_LEFT} = 7; then setenv chosen a; setenv BOOT_A_LEFT 6;
    elif test ${BOOT_A_LEFT} = 6; then setenv chosen a; setenv BOOT_A_LEFT 5;
    elif test ${BOOT_A_LEFT} = 5; then setenv chosen a; setenv BOOT_A_LEFT 4;
    elif test ${BOOT_A_LEFT} = 4; then setenv chosen a; setenv BOOT_A_LEFT 3;
    elif test ${BOOT_A_LEFT} = 3; then setenv chosen a; setenv BOOT_A_LEFT 2;
    elif test ${BOOT_A_LEFT} = 2; then setenv chosen a; setenv BOOT_A_LEFT 1;
    elif test ${BOOT_A_LEFT} = 1; then setenv chosen a; setenv BOOT_A_LEFT 0; fi
  fi
  if test ${chosen} = none && test ${name} = B; then
    if test ${BOOT_B_LEFT} = 9; then setenv chosen b; setenv BOOT_B_LEFT 8;
    elif test ${BOOT_B_LEFT} = 8; then setenv chosen b; setenv BOOT_B_LEFT 7;
    elif test ${BOOT_B_LEFT} = 7; then setenv chosen b; setenv BOOT_B_LEFT 6;
    elif test ${BOOT_B_LEFT} = 6; then setenv chosen b; setenv BOOT_B_LEFT 5;
    elif test ${BOOT_B_LEFT} = 5; then setenv chosen b; setenv BOOT_B_LEFT 4;
    elif test ${BOOT_B_LEFT} = 4; then setenv chosen b; setenv BOOT_B_LEFT 3;
    elif test ${BOOT_B_LEFT} = 3; then setenv chosen b; setenv BOOT_B_LEFT 2;
    elif test ${BOOT_B_LEFT} = 2; then setenv chosen b; setenv BOOT_B_LEFT 1;
    elif test ${BOOT_B_LEFT} = 1; then setenv chosen b; setenv BOOT_B_LEFT 0; fi
  fi
done
if test ${chosen} = none; then
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
fi
mw.b 1200000 0 4000
env export -b -s 3ffb 1200005 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
setenv flag 0
for next in 1 2 3 4 5 6 7 8 9 a b c d e f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c \
  2d 2e 2f 30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51 52 53 \
  54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 76 77 78 79 7a \
  7b 7c 7d 7e 7f 80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f 90 91 92 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 \
  a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc bd be bf c0 c1 c2 c3 c4 c5 c6 c7 c8 \
  c9 ca cb cc cd ce cf d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 da db dc dd de df e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 ea eb ec ed ee ef \
  f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff 0; do
  if itest.b *1100008 == ${flag}; then mw.b 1200004 ${next}; fi
  setenv flag ${next}
done
crc32 1200005 3ffb 110000c
cp.b 110000f 1200000 1
cp.b 110000e 1200001 1
cp.b 110000d 1200002 1
cp.b 110000c 1200003 1
if test ${first} = good; then
  fatwrite ${devtype} ${devnum}:${distro_bootpart} 1200000 uboot-redund.env 4000
else
  fatwrite ${devtype} ${devnum}:${distro_bootpart} 1200000 uboot.env 4000
fi
if test ${chosen} = none; then
  echo loader: no slot is left
  reset
fi
echo loader: slot ${chosen}
# An emulated processor has neither leaks nor an exact timer.
setenv bootargs mitigations=off nokaslr no_timer_check console=ttyS0 quiet panic=1 dunlin.slot=${chosen}
load ${devtype} ${devnum}:${distro_bootpart} 2000000 ${chosen}-vmlinuz
load ${devtype} ${devnum}:${distro_bootpart} 8000000 ${chosen}-initrd.img
zboot 2000000 0 8000000 ${filesize}
echo loader: slot ${chosen} does not start
reset
