/**
 * Which words are instructions. Integer instructions are listed by the size suffixes they take; x87 and vector
 * instructions by name or by the pattern their names follow. A word that is in none of these is a mistake or a macro.
 */
import type { Width } from './syntax.js';

export interface Mnemonic {
  /** The operation without its size suffix. */
  readonly base: string;
  /** Of the suffix, where one was written. */
  readonly width?: Width;
}

const SUFFIX_WIDTH: Readonly<Record<string, Width>> = { b: 1, w: 2, l: 4, q: 8 };

export const CONDITIONS: readonly string[] =
  'o no b c nae ae nb nc e z ne nz be na a nbe s ns p pe np po l nge ge nl le ng g nle'.split(' ');

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** `[suffixes that may follow, operations]`. The bare operation is always a word too. */
const SUFFIXED: readonly (readonly [string, string])[] = [
  [
    'bwlq',
    `mov add or adc sbb and sub xor cmp test not neg mul imul div idiv inc dec shl sal shr sar rol ror rcl rcr xchg
     xadd cmpxchg movs cmps stos lods scas smov scmp ssto slod ssca crc32 clr`,
  ],
  ['bwl', 'in out ins outs'],
  [
    'wlq',
    `push pop lea bsf bsr bt btc btr bts shld shrd lar lsl popcnt lzcnt tzcnt call jmp ret lret enter leave pushf popf
     iret nop ud1 ud2b ud0 movbe sldt str smsw ljmp lcall lfs lgs lss`,
  ],
  [
    'lq',
    `bswap movnti andn bextr blsi blsr blsmsk bzhi mulx pdep pext rorx sarx shlx shrx adcx adox sysexit sysret
     rdfsbase rdgsbase wrfsbase wrgsbase ptwrite lgdt sgdt lidt sidt cvtsi2sd cvtsi2ss vcvtsi2sd vcvtsi2ss
     fxsave fxrstor xsave xrstor xsaveopt invept vmread vmwrite`,
  ],
  ['wl', 'pusha popa les lds bound'],
  ['w', 'arpl lldt ltr lmsw verr verw'],
  ['wlq', 'rdrand rdseed'],
  ['wlq', CONDITIONS.map((c) => `cmov${c}`).join(' ')],
  ['b', CONDITIONS.map((c) => `set${c}`).join(' ')],
  // x87 memory operands: s is 4 bytes of float, l is 8, t is 10.
  ['sl', 'fadd fmul fsub fsubr fdiv fdivr fcom fcomp fst ficom ficomp fiadd fimul fisub fisubr fidiv fidivr fist'],
  ['slt', 'fld fstp'],
  ['slq', 'fild fistp fisttp'],
];

/** Words that are what they are. */
const EXACT = words(`
  ${CONDITIONS.map((c) => `j${c}`).join(' ')}
  jcxz jecxz jrcxz loop loope loopz loopne loopnz
  movabs movabsb movabsw movabsl movabsq movzx movsx movsxd movzb movzw movsb movsbw movsbl movsbq movswl movswq movslq
  movzbw movzbl movzbq movzwl movzwq movsxb movsxw movsxl movzxb movzxw movsxdl
  cbw cwde cdqe cwd cdq cqo cbtw cwtl cltq cwtd cltd cqto
  aaa aas aam aad daa das xlat xlatb lahf sahf clc stc cmc cld std cli sti
  int int1 int3 into hlt ud2 ud2a syscall sysenter sysexit sysret rsm iretl endbr32 endbr64 pause fwait wait
  cmpxchg8b cmpxchg16b cpuid rdtsc rdtscp rdpmc rdmsr wrmsr rdpid rdpkru wrpkru rdpru
  lfence mfence sfence clflush clflushopt clwb cldemote prefetch prefetchw prefetchwt1 prefetchnta prefetcht0 prefetcht1
  prefetcht2 prefetchit0 prefetchit1 monitor mwait monitorx mwaitx umonitor umwait tpause clzero serialize wbinvd
  wbnoinvd invd invlpg invlpga invpcid invept invvpid clts swapgs stac clac xgetbv xsetbv hreset
  xbegin xend xabort xtest xsusldtrk xresldtrk getsec vmcall vmlaunch vmresume vmxoff vmfunc vmmcall vmrun
  rdsspd rdsspq incsspd incsspq saveprevssp rstorssp setssbsy clrssbsy wrssd wrssq wrussd wrussq
  enqcmd enqcmds movdiri movdir64b pconfig uiret stui clui testui senduipi
  enclu encls enclv
  bndmk bndcl bndcu bndcn bndmov bndldx bndstx
  xsave64 xrstor64 xsavec xsavec64 xsaves xsaves64 xrstors xrstors64 xsaveopt64 fxsave64 fxrstor64
  xstore xstorerng montmul xsha1 xsha256 xcryptecb xcryptcbc xcryptctr xcryptcfb xcryptofb
  blcfill blci blcic blcmsk blcs blsfill blsic t1mskc tzmsk llwpcb slwpcb lwpval lwpins
  tdpbssd tdpbsud tdpbusd tdpbuud tdpbf16ps ldtilecfg sttilecfg tileloadd tileloaddt1 tilestored tilezero tilerelease

  fld1 fldl2e fldl2t fldlg2 fldln2 fldpi fldz fabs fchs fclex fnclex fcompp fcos fdecstp fincstp fdisi feni fndisi fneni
  finit fninit fnop fpatan fprem fprem1 fptan frndint fscale fsin fsincos fsqrt ftst fxam fxch fxtract fyl2x fyl2xp1
  f2xm1 ffree ffreep faddp fmulp fsubp fsubrp fdivp fdivrp fucom fucomp fucompp fcomi fcomip fucomi fucomip fcompi fucompi
  fbld fbstp fldcw fnstcw fstcw fnstsw fstsw fldenv fnstenv fstenv fnsave fsave frstor fildll fistpll fisttpll
  fildl fistpl fisttpl fstpt fcmovb fcmove fcmovbe fcmovu fcmovnb fcmovne fcmovnbe fcmovnu
  fldenvs fldcww fnstcww fnstsww

  emms femms maskmovq movntq movq2dq movdq2q pavgusb pfadd pfsub pfsubr pfmul pfcmpeq pfcmpge pfcmpgt pfmax pfmin pfrcp
  pfrcpit1 pfrcpit2 pfrsqrt pfrsqit1 pfacc pfnacc pfpnacc pi2fd pf2id pi2fw pf2iw pmulhrw pswapd pshufw
  cvtpi2ps cvtps2pi cvttps2pi cvtpi2pd cvtpd2pi cvttpd2pi
  cvtsd2sil cvtsd2siq cvtss2sil cvtss2siq cvttsd2sil cvttsd2siq cvttss2sil cvttss2siq
  vcvtsd2sil vcvtsd2siq vcvtss2sil vcvtss2siq vcvttsd2sil vcvttsd2siq vcvttss2sil vcvttss2siq
  sha1msg1 sha1msg2 sha1nexte sha1rnds4 sha256msg1 sha256msg2 sha256rnds2
  extrq insertq movntsd movntss
  fsetpm fnsetpm frstpm retf
  vmclear vmptrld vmptrst vmxon vmgexit vmload vmsave clgi stgi skinit invlpgb tlbsync mcommit psmash
  pvalidate rmpupdate rmpadjust rmpquery wrmsrns rdmsrlist wrmsrlist tdcall seamret seamops seamcall aadd aand aor axor
  loadiwkey encodekey128 encodekey256 aesenc128kl aesdec128kl aesenc256kl aesdec256kl aesencwide128kl aesdecwide128kl
  aesencwide256kl aesdecwide256kl tdpfp16ps v4fmaddps v4fnmaddps v4fmaddss v4fnmaddss vp4dpwssd vp4dpwssds
  vbcstnebf162ps vbcstnesh2ps vcvtneebf162ps vcvtneeph2ps vcvtneobf162ps vcvtneoph2ps
`);

/** SSE to SSE4.2 and AES, which AVX repeats with a `v` in front. */
const VECTOR = words(`
  addpd addps addsd addss addsubpd addsubps andnpd andnps andpd andps blendpd blendps
  comisd comiss cvtdq2pd cvtdq2ps cvtpd2dq cvtpd2ps cvtps2dq cvtps2pd cvtsd2si cvtsd2ss cvtss2sd cvtss2si cvttpd2dq
  cvttps2dq cvttsd2si cvttss2si divpd divps divsd divss dppd dpps extractps haddpd haddps hsubpd hsubps insertps lddqu
  ldmxcsr maskmovdqu maxpd maxps maxsd maxss minpd minps minsd minss movapd movaps movd movddup movdqa movdqu movhlps
  movhpd movhps movlhps movlpd movlps movmskpd movmskps movntdq movntdqa movntpd movntps movq movsd movshdup movsldup
  movss movupd movups mpsadbw mulpd mulps mulsd mulss orpd orps pabsb pabsd pabsw packssdw packsswb packusdw packuswb
  paddb paddd paddq paddsb paddsw paddusb paddusw paddw palignr pand pandn pavgb pavgw pblendw pcmpeqb pcmpeqd pcmpeqq
  pcmpeqw pcmpestri pcmpestrm pcmpgtb pcmpgtd pcmpgtq pcmpgtw pcmpistri pcmpistrm pextrb pextrd pextrq pextrw phaddd
  phaddsw phaddw phminposuw phsubd phsubsw phsubw pinsrb pinsrd pinsrq pinsrw pmaddubsw pmaddwd pmaxsb pmaxsd pmaxsw
  pmaxub pmaxud pmaxuw pminsb pminsd pminsw pminub pminud pminuw pmovmskb pmovsxbd pmovsxbq pmovsxbw pmovsxdq pmovsxwd
  pmovsxwq pmovzxbd pmovzxbq pmovzxbw pmovzxdq pmovzxwd pmovzxwq pmuldq pmulhrsw pmulhuw pmulhw pmulld pmullw pmuludq
  por psadbw pshufb pshufd pshufhw pshuflw psignb psignd psignw pslld pslldq psllq psllw psrad psraw psrld psrldq psrlq
  psrlw psubb psubd psubq psubsb psubsw psubusb psubusw psubw ptest punpckhbw punpckhdq punpckhqdq punpckhwd punpcklbw
  punpckldq punpcklqdq punpcklwd pxor rcpps rcpss roundpd roundps roundsd roundss rsqrtps rsqrtss shufpd shufps sqrtpd
  sqrtps sqrtsd sqrtss stmxcsr subpd subps subsd subss ucomisd ucomiss unpckhpd unpckhps unpcklpd unpcklps xorpd xorps
  aesdec aesdeclast aesenc aesenclast aesimc aeskeygenassist pclmulqdq pclmullqlqdq pclmulhqlqdq pclmullqhqdq
  pclmulhqhqdq gf2p8affineinvqb gf2p8affineqb gf2p8mulb
`);

/** Without a `v` twin of the same name. */
const SSE_ONLY = words('blendvpd blendvps pblendvb');

/** AVX and AVX-512 names that no SSE instruction has. */
const AVX_ONLY = words(`
  vblendvpd vblendvps vpblendvb vbroadcastf128 vbroadcasti128 vbroadcastsd vbroadcastss vextractf128 vextracti128
  vinsertf128 vinserti128 vmaskmovpd vmaskmovps vpblendd vpbroadcastb vpbroadcastd vpbroadcastq vpbroadcastw vperm2f128
  vperm2i128 vpermd vpermilpd vpermilps vpermpd vpermps vpermq vpmaskmovd vpmaskmovq vpsllvd vpsllvq vpsravd vpsrlvd
  vpsrlvq vtestpd vtestps vzeroall vzeroupper vcvtph2ps vcvtps2ph vgatherdpd vgatherdps vgatherqpd vgatherqps vpgatherdd
  vpgatherdq vpgatherqd vpgatherqq
  valignd valignq vblendmpd vblendmps vbroadcastf32x2 vbroadcastf32x4 vbroadcastf32x8 vbroadcastf64x2 vbroadcastf64x4
  vbroadcasti32x2 vbroadcasti32x4 vbroadcasti32x8 vbroadcasti64x2 vbroadcasti64x4 vcompresspd vcompressps
  vcvtpd2qq vcvtpd2udq vcvtpd2uqq vcvtps2qq vcvtps2udq vcvtps2uqq vcvtqq2pd vcvtqq2ps vcvtsd2usi vcvtsd2usil vcvtsd2usiq
  vcvtss2usi vcvtss2usil vcvtss2usiq vcvttpd2qq vcvttpd2udq vcvttpd2uqq vcvttps2qq vcvttps2udq vcvttps2uqq vcvttsd2usi
  vcvttsd2usil vcvttsd2usiq vcvttss2usi vcvttss2usil vcvttss2usiq vcvtudq2pd vcvtudq2ps vcvtuqq2pd vcvtuqq2ps vcvtusi2sd
  vcvtusi2sdl vcvtusi2sdq vcvtusi2ss vcvtusi2ssl vcvtusi2ssq vdbpsadbw vexp2pd vexp2ps vexpandpd vexpandps
  vextractf32x4 vextractf32x8 vextractf64x2 vextractf64x4 vextracti32x4 vextracti32x8 vextracti64x2 vextracti64x4
  vfixupimmpd vfixupimmps vfixupimmsd vfixupimmss vfpclasspd vfpclassps vfpclasssd vfpclassss vfpclasspdx vfpclasspdy
  vfpclasspdz vfpclasspsx vfpclasspsy vfpclasspsz vgetexppd vgetexpps vgetexpsd vgetexpss vgetmantpd vgetmantps vgetmantsd
  vgetmantss vinsertf32x4 vinsertf32x8 vinsertf64x2 vinsertf64x4 vinserti32x4 vinserti32x8 vinserti64x2 vinserti64x4
  vmovdqa32 vmovdqa64 vmovdqu16 vmovdqu32 vmovdqu64 vmovdqu8 vp2intersectd vp2intersectq vpabsq vpandd vpandnd vpandnq
  vpandq vpblendmb vpblendmd vpblendmq vpblendmw vpbroadcastmb2q vpbroadcastmw2d vpcompressb vpcompressd vpcompressq
  vpcompressw vpconflictd vpconflictq vpdpbusd vpdpbusds vpdpwssd vpdpwssds vpermb vpermi2b vpermi2d vpermi2pd vpermi2ps
  vpermi2q vpermi2w vpermt2b vpermt2d vpermt2pd vpermt2ps vpermt2q vpermt2w vpermw vpexpandb vpexpandd vpexpandq
  vpexpandw vplzcntd vplzcntq vpmadd52huq vpmadd52luq vpmaxsq vpmaxuq vpminsq vpminuq vpmovb2m vpmovd2m vpmovdb vpmovdw
  vpmovm2b vpmovm2d vpmovm2q vpmovm2w vpmovq2m vpmovqb vpmovqd vpmovqw vpmovsdb vpmovsdw vpmovsqb vpmovsqd vpmovsqw
  vpmovswb vpmovusdb vpmovusdw vpmovusqb vpmovusqd vpmovusqw vpmovuswb vpmovw2m vpmovwb vpmullq vpmultishiftqb vpopcntb
  vpopcntd vpopcntq vpopcntw vpord vporq vprold vprolq vprolvd vprolvq vprord vprorq vprorvd vprorvq vpscatterdd
  vpscatterdq vpscatterqd vpscatterqq vpshldd vpshldq vpshldvd vpshldvq vpshldvw vpshldw vpshrdd vpshrdq vpshrdvd
  vpshrdvq vpshrdvw vpshrdw vpshufbitqmb vpsllvw vpsraq vpsravq vpsravw vpsrlvw vpternlogd vpternlogq vptestmb vptestmd
  vptestmq vptestmw vptestnmb vptestnmd vptestnmq vptestnmw vpxord vpxorq vrangepd vrangeps vrangesd vrangess vrcp14pd
  vrcp14ps vrcp14sd vrcp14ss vrcp28pd vrcp28ps vrcp28sd vrcp28ss vreducepd vreduceps vreducesd vreducess vrndscalepd
  vrndscaleps vrndscalesd vrndscaless vrsqrt14pd vrsqrt14ps vrsqrt14sd vrsqrt14ss vrsqrt28pd vrsqrt28ps vrsqrt28sd
  vrsqrt28ss vscalefpd vscalefps vscalefsd vscalefss vscatterdpd vscatterdps vscatterqpd vscatterqps vshuff32x4
  vshuff64x2 vshufi32x4 vshufi64x2 vcvtneps2bf16 vcvtne2ps2bf16 vcvtneps2bf16x vcvtneps2bf16y vdpbf16ps
  vprotb vprotd vprotq vprotw vpshab vpshad vpshaq vpshaw vpshlb vpshld vpshlq vpshlw vpcmov vpperm vfrczpd vfrczps
  vfrczsd vfrczss vpermil2pd vpermil2ps vphaddbd vphaddbq vphaddbw vphadddq vphaddubd vphaddubq vphaddubw vphaddudq
  vphadduwd vphadduwq vphaddwd vphaddwq vphsubbw vphsubdq vphsubwd
  vcvtpd2dqx vcvtpd2dqy vcvtpd2psx vcvtpd2psy vcvttpd2dqx vcvttpd2dqy vcvtpd2udqx vcvtpd2udqy vcvttpd2udqx vcvttpd2udqy
  vcvtqq2psx vcvtqq2psy vcvtuqq2psx vcvtuqq2psy
`);

/** Floating-point predicates of `cmpXXps` and the integer ones of `vpcmpXXd`. */
const COMPARE = '(?:eq|lt|le|unord|neq|nlt|nle|ord)?';
const AVX_COMPARE =
  '(?:eq|lt|le|unord|neq|nlt|nle|ord|eq_uq|nge|ngt|false|neq_oq|ge|gt|true|eq_os|lt_oq|le_oq|unord_s|neq_us|nlt_uq|' +
  'nle_uq|ord_s|eq_us|nge_uq|ngt_uq|false_os|neq_os|ge_oq|gt_oq|true_us|lt_os|le_os|neq_uq|nlt_us|nle_us|eq_oq|' +
  'nge_us|ngt_us|false_oq|ge_os|gt_os|true_uq|unord_q|ord_q)?';

const PATTERNS: readonly RegExp[] = [
  new RegExp(`^cmp${COMPARE}[sp][sd]$`),
  new RegExp(`^vcmp${AVX_COMPARE}[sp][sdh]$`),
  /^vf(?:n?m(?:add|sub)|maddsub|msubadd)(?:132|213|231)p[sdh]$/,
  /^vfn?m(?:add|sub)(?:132|213|231)s[sdh]$/,
  // Four-operand forms of AMD.
  /^vf(?:n?m(?:add|sub)|maddsub|msubadd)p[sd]$/,
  /^vfn?m(?:add|sub)s[sd]$/,
  // Mask registers.
  /^k(?:mov|and|andn|or|xor|xnor|not|ortest|test|add|shiftl|shiftr)[bwdq]$/,
  /^kunpck(?:bw|wd|dq)$/,
  /^vpcmp(?:eq|neq|lt|nlt|le|nle|)u?[bwdq]$/,
  /^vpcom(?:eq|neq|lt|gt|le|ge|false|true)?u?[bwdq]$/,
  /^vgatherpf[01][dq]p[sd]$/,
  /^vscatterpf[01][dq]p[sd]$/,
  // AVX512-FP16.
  /^v(?:add|div|max|min|mul|sqrt|sub)[ps]h$/,
  /^v(?:comi|ucomi|mov|getexp|getmant|rcp|rsqrt|reduce|rndscale|scalef|fpclass)sh$/,
  /^v(?:getexp|getmant|rcp|rsqrt|reduce|rndscale|scalef)ph$/,
  /^vf?c?(?:madd|mul)c[ps]h$/,
  /^vcvtt?(?:ph2u?(?:dq|qq|w)|sh2u?si[lq]?)$/,
  /^vcvt(?:u?(?:dq|qq|w)2ph|p[sd]2phx?|ph2pd|ph2psx|s[sd]2sh|sh2s[sd]|u?si2sh[lq]?)$/,
  /^vcvt(?:u?(?:dq|qq)|p[sd])2ph[xyz]$/,
  /^vcvtps2phx[xy]$/,
  /^vfpclassph[xyz]$/,
  /^vmovw$/,
  // XOP and later integer dot products.
  /^vpmacs?s(?:dd|dqh|dql|wd|ww)$/,
  /^vpmadcss?wd$/,
  /^vpdpb[us][us]ds?$/,
  new RegExp(`^cmp(?:${CONDITIONS.join('|')})xadd$`),
];

const known = new Map<string, Mnemonic | undefined>();

/** Exact words are entered last: `movsbl` is not `movsb` with a suffix, nor `jl` a `j`. */
function fill(): void {
  for (const [suffixes, bases] of SUFFIXED) {
    for (const base of words(bases)) {
      known.set(base, { base });
      for (const suffix of suffixes) {
        const width = SUFFIX_WIDTH[suffix];
        // The x87 suffixes name formats, not integer widths.
        const plain = base.startsWith('f') || width === undefined;
        known.set(base + suffix, plain ? { base } : { base, width });
      }
    }
  }
  for (const word of [...EXACT, ...SSE_ONLY, ...AVX_ONLY]) known.set(word, { base: word });
  for (const word of VECTOR) {
    // `movsd` and `movq` are integer instructions too; the suffixed reading stays and operands tell them apart.
    if (!known.has(word)) known.set(word, { base: word });
    if (!/^(?:sha|pclmulqdq$)/.test(word)) known.set(`v${word}`, { base: `v${word}` });
  }
  known.set('vpclmulqdq', { base: 'vpclmulqdq' });
  known.set('movsb', { base: 'movs', width: 1 });
}
fill();

/** What a word (lower case) means as a mnemonic, or undefined when there is no such instruction. */
export function mnemonic(word: string): Mnemonic | undefined {
  const found = known.get(word);
  if (found || word.length > 24) return found;
  return PATTERNS.some((p) => p.test(word)) ? { base: word } : undefined;
}

/** Every word that is listed by name. For checks of the table itself. */
export function listedMnemonics(): readonly string[] {
  return [...known.keys()];
}

const PREFIXES = new Set(
  words(`
    lock rep repe repz repne repnz xacquire xrelease bnd notrack data16 data32 addr16 addr32 cs ds es fs gs ss
    rex rex64 rex.w rex.wr rex.wrx rex.wrxb rex.wrb rex.wx rex.wxb rex.wb rex.r rex.rx rex.rxb rex.rb rex.x rex.xb
    rex.b rex64x rex64xy rex64xyz rex64xz rex64y rex64yz rex64z rexx rexxy rexxyz rexxz rexy rexyz rexz
  `),
);

export function isPrefix(word: string): boolean {
  return PREFIXES.has(word);
}

/** `{vex3}`, `{evex}`, `{disp32}`: how to encode, not what to do. */
export function isEncodingHint(word: string): boolean {
  return /^\{(?:vex[23]?|evex|disp(?:8|16|32)|load|store|rex2?|nooptimize|nf)\}$/.test(word);
}
