# U-Boot for dunlin's own variables (backend = "uboot", scheme = "dunlin"; docs/boot-control.md). Make a boot script of
# it: mkimage -T script -d dunlin-uboot.cmd boot.scr. Kernels lie beside it under per-slot names ([boot_files] of the
# applier); a root partition carries its slot's name as PARTLABEL. Adapt dunlin_start to your board, and keep the rest.

test -n "${dunlin_slot}" || setenv dunlin_slot a
setenv slot ${dunlin_slot}

# A try is taken before it is begun; one that cannot be written down is not made.
if test -n "${dunlin_try}" && test "${dunlin_tries}" -gt 0; then
  setexpr dunlin_tries ${dunlin_tries} - 1
  if saveenv; then setenv slot ${dunlin_try}; fi
fi

setenv dunlin_start 'setenv bootargs root=PARTLABEL=${start} dunlin.slot=${start} ro rootwait panic=10; load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} /${start}-Image && load ${devtype} ${devnum}:${distro_bootpart} ${fdt_addr_r} /${start}-board.dtb && booti ${kernel_addr_r} - ${fdt_addr_r}'

setenv start ${slot}
run dunlin_start

# Its files are missing: any other slot that may be booted.
for other in a b; do
  setenv allowed 1
  test ${other} = ${slot} && setenv allowed 0
  for off in ${dunlin_off}; do
    test ${off} = ${other} && setenv allowed 0
  done
  if test ${allowed} = 1; then
    setenv start ${other}
    run dunlin_start
  fi
done
sleep 10
reset
