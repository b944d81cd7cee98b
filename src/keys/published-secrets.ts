/**
 * Secrets that stand in tutorials, documentation, examples, public repositories and the lists that attackers try:
 * of each, in lower case, the first 48 bits of its SHA-256 in base64url. That many tell a published secret from any
 * other, and tell nobody what it is. What the rules for placeholders refuse does not have to be here.
 *
 * To add one, put this line's result where it belongs in the order:
 * `node -p "crypto.createHash('sha256').update(process.argv[1].toLowerCase()).digest('base64url').slice(0, 8)" "$SECRET"`
 */
export const publishedSecrets: ReadonlySet<string> = new Set(
  `
    -05VO5TW -0HCbsw1 -0Woybnu -0hjvwPL -16bzlua -2oFN9kn -3a_rs7E -7dsqr5m -9QvfX8c -ALfEdfr -BD0-wX6
    -BKb7p0l -DmmFEHD -Ebqxr9b -JaQ5P43 -LYR-wFE -ODWidDZ -QX4s9dS -VsTuHNR -YhUcuif -pi4452D -sxf8Faa
    -uNtDVtp -vSt9ii_ -w0EfR5W 01M7KUyf 02UZ0pwo 03ZLZd0w 0F3xUgW0 0FO_GTUt 0IEaQe45 0VEVZj8Z 0WrfDdms
    0XkSjS2j 0cT_e7iZ 0dB6uUFd 0fu0a8eE 0kkTARJt 1073BX94 10kpGvp0 12t-II4c 14G6dC-I 15MwlNny 189SK_2B
    1AGAXtTl 1DzVIZKu 1K6EA829 1LxwDiL6 1OWPb87l 1Sy5FIdl 1VQrAnME 1WRre3HA 1Xpj6i6f 1ZPDQJUC 1aZYTEAV
    1al13-Aw 1dldvUB1 1jUhCcwH 1mFLU3UM 1nRDJ6CC 1rBY2gJp 1rH7fqHx 1uza0fz9 1vb6TEst 21bNtPTl 22gzWTJ5
    24lrlGZz 2CvgJP-k 2CvwJnAX 2E4EYeEi 2EEUJyOU 2HEZ3AnP 2Kmzl_5Q 2LXAgUhE 2MOEkktL 2NTZ7xni 2UAaBQGl
    2UlHmN1O 2V-f_tIg 2WaT6z0p 2XKEBnXc 2bFBaRl0 2f1qJAGj 2f8yFUnh 2tqtMyzV 2uyZKhNj 2wd6Act6 2xwF7vP_
    31xj6H37 36iZ--9I 37L-7Xkm 38-30eJZ 3A9t4Uxt 3ELUJ-Qs 3HJ4XzG2 3NCNBv4o 3Pt39Yc1 3ToWsc8Y 3UneoIVk
    3XqCjCzS 3_TuJ5OJ 3a7Ih4QV 3cY1rB7Z 3dZI9L8n 3eO7I9Vx 3eZNBhJQ 3fyRoApT 3iSqNffi 3ieZnMtl 3iz9Wsyb
    3oa1jRQv 3uZuLO8c 3yw4DRN4 4059VrSt 41Kh38TC 4278V62g 42dIa4lp 48EsnNuj 48uUE3B8 4BNwy6Er 4DPuwns0
    4DXTJHd6 4HPG6m70 4JelW9Cq 4R6cfpCV 4XjAEu4g 4YLWVLxq 4cbbDGqh 4dIbTOMX 4iyLjC42 4mn0uw_s 4vpC9oef
    4zQbmGu0 53yP8Gb4 56ugHi_b 59RLKa0Y 5Egtdz4u 5JjWYWv4 5QQrxyHy 5RtUje8i 5SeOb8Ul 5ZbWS6MJ 5aZe2o_9
    5b-6vaBD 5cYyakAE 5fQ3rPlr 5jsQbG7j 5ofVqcoG 5s3cufLK 5tQ3b4ys 5u7FLCqW 5y8keCCe 603-7T5a 60SETgb9
    612DIza- 63NCBn1r 64gs59UI 666e5L1u 6E9SUJhC 6EyGaY_j 6ITYElyj 6KSGzSfs 6Kg5_kvI 6MtMDeeP 6QD_K7QG
    6Ufryam6 6YaMEAQU 6e3bvqPF 6fgqzcTg 6gxDwcHh 6jPzHkeN 6nD5YzwJ 6o29YHMC 6rq6FXRn 7-Pw4QYD 70c1BKm-
    761UIk_P 78u_m8xW 7GBlwdxn 7JAhfget 7JLpRoLS 7N8I3p4s 7Sox1_Y- 7UxX-wcI 7WS8d9G7 7Y4GDMy8 7fQPPUGf
    7lXG4ioS 7rBUhoWk 7soaYu3S 7tPwrF4_ 8-P9jYdw 86JZHA1_ 86Rh_LhZ 8BJunDha 8D0enTGd 8Dfc3yde 8E1C0_Ps
    8FyspmlC 8GSHBpzf 8JwcgPZ4 8MVy2Yev 8NsU-Or3 8OCxqQrd 8PU0R1Kr 8Us4u31d 8VciFapK 8W-k5y5h 8bfyrEsJ
    8cbBVzdY 8hX6-diL 8jaFge0X 8kGBW0Yi 8l7Con2b 8m74fHqg 8zSljCb5 9-S-aW2C 909s1qhk 91nM6q6M 95Bo2TsX
    95U0j33F 96T5ypaB 9Ajoq9Xe 9BwIj9Ff 9EUnT7cx 9F5B9ifI 9G3knwGa 9H4tS1y0 9Hyf9QMZ 9IreraDv 9KIGislz
    9OcjhlG8 9WzhhY4z 9XXlX9a5 9_2xqWkL 9_t6nce4 9ekP4Q6h 9fnV8lj0 9mPj3nbr 9rmUspxQ 9tvXgWu4 9vjpPHvD
    9yQenWsO A-fERoSy A5RG6pt7 A95nVKI2 AFA63zaY AJgO6jYx AMiIwLd4 AMp_S3Gk AOqqgSpy AU57Rte2 AXB-T11I
    Abk-reK5 AmnSnQ1z AqNuk14i ArWuMg9v AuT5cEdm AvKPzDbR B6kr3bXT BD4I1wg1 BGvJwavR BHeeHoFX BIygR65r
    BNtZp4AA BOVGvBn- BZFXb15j BZotNX5f BjS4HacT BlVq42Ta BnARkSRE BoXW47nU Btf4_ScR BuGshzTC Bxbf3fDY
    ByWfOqVa C-kLGs6T C56DlaLf CERdhhfR CIoz8-hC CK6f3R_N CLHGVDgM CMus_cnk CNbS8Qfb CR771ulx CRKQwIbu
    CSshezWS CTZaz0_r CZ2kdaVK C_4gADof CbJBS0e_ CbrkY55g CduBDQzP CeJo02qN Cjrq8b3S CmKqVehw CoJBhgGR
    Cqs2FX_T D-Hk3ZZI D0XEHbv4 D1m5d-Xz D6KFfoEG D8ldKzQO DD3AqRij DDBtAHWs DEC0fsW6 DESmxoRL DEXMJZfH
    DGj0ys9o DI6ngb-o DP-8LyfL DQfcSoIP DUcgKUX3 DVW4y6XL DX5Y5Nuv DaFTdIng Dbt6p0Gu DeBsJuC7 DjXO_8VA
    DrhjKmaX DxHORvU8 E-y8d0_M E0ZYftf6 E2qBjNrm E4loeRhz EAJ2Kv8c EBLdFxHW EF6whXPZ EH649Qtj EJ403Vfe
    EL13Ix6q ELxO7oQt EN1nP2bt EOLVzwfe ESKHg_k- EU0Edti6 EXXD5kID EgIzYrnO Egj5FrEy EhVCiznp Ehmda4xg
    Elt2b2w9 Eo4mIx0o EoQoxVGJ EpUhehWb EtP7qfA2 Ey6WGkO7 F-e02ww4 F04cNZ88 F0n4yGW9 F9mvLcuO FAfgY19R
    FC2am2en FF5tIU66 FFPOotw3 FLngnzA9 FMge98ej FZA5BrHO Fakc_2hc FatCYHrz FbwBMBgB FbxJ-nPg Fc2RQLZv
    FkKnlrsM Fm9_aKKf FqloNjs- FtMw7FZP Fv4M3OXm Fx0x-5FB G-MmzHpv G0Qchpbw G4qxt8ym G6C1udwi G7a282Av
    G89ZVO-k GBfuUxRG GG2MSqby GIlHEOjN GPtrjlyW GSCJXALb GaMiCV3X GcXkaLT_ GconjMtB Gj3yj-C5 GoDW8izS
    GrozEgvq H-9iaeor H2j4eeMr H63TdpUt H6ayQUVy HDACENak HRfVR6xI HWzx3BS9 HXsput22 H_3-cs0K HgY6AAvn
    Hl6Ig2Wb HlJ_mrMg HqRbe29E Hr4BtdLn HrcmOu72 HuyijceL HvJQcmzc HwfLQ6LA I2d-dGqO I707jvlE IKCPRvDx
    INH5v84a IPF-E1aP IPx0wAck IQGARfAb IQNhnMvf IVfMtxem IWIu4_ZS IYH01Tjw I_mdNqIw IjnYQvvQ ImTi8iz6
    Iq7HhN4W IruZxlDs IxM5JLWW IyNkCjeS IymHh4Pr J-zDkQXP J20SZ829 J3JwMPZA J4O4PtO_ J4VDMB3j J9AZoltI
    J9rrtgTC JAvJrSDW JD0fLekw JGH1t_TO JH2jLA6l JLU6EYwr JQtfmXEM JRLjzDl7 JRhhopHe JS-6O-Sk JWe2aI2r
    JejB1zhf JhzD45oE JiGxH98q Jl489y5y JlOs-118 JmtKuVrk Jnvi3yDU Jnz-DNjs JwkTsDAo K1ibRsl6 K52ufa4X
    K8HvKVMt KC86yAII KD1zqvKe KGL5_ers KKJoJWzz KLLLq0ct KObUpOVK KTuTmemA KeuYeNUB Km4tG5th Kn7-yTX_
    KwtwfwLj Kx-mJxeO L-wj7SwR L2vtAQuz L9ePDYAo LH2curen LPW7WjxS LRXPSK6q LUd6lmHG LVu6r2OK LXOnGwdm
    LaDi1cUJ LaVNP8yu LfyuENt- LgDvu6Ps Lhc1ViiW Lju05dw2 LlUzgZoM LmsLrLth LpsI7Msa LuJzD72W LvYHMsE3
    LxhrcZMv LzgFxeOH M2y-lFor M9LoM1XT MB0EPWUa MCfbG6cI MDA6emWv MECEq9G3 MSt_mcsr MTQOdACz MTVwtsiI
    MWXthlhD MZrWo6uF Ma6ByGug McSk4uiM MeNO4Zwn Mj-OOp6N MkQ3ILWU MpCqlsKb Mtps_0u5 Muzr4QSq MvX-TpvC
    MvhCgsxG MwQLFosq N5m_HNBD N8Z7TB1K NNLtMVg9 NPRgG-62 NTlHdwt8 NTmIoODp NUH2qglC NY4q9eRR NefXSAX0
    Nf4P_UqK NgaolYPB NnEAActd NqknZA7j NrbGFhOL NuAfBuKL NumhCfXz O1GBOpGI OGafTAWC OKxzi8Ys OMAX5bmk
    ORK9w0WD ORxgvIXj OVs-cP3J ObJueC-L OcFJUwgj OcMqAVsD OlUkt9LG Ol_cfym2 OmRh6RSx OnpWBs2N OsGs3RRt
    OutOF7hh OvThcX5j OwUbzFqm OxwUfFZZ P65TU9yJ P8KYMBaP PC5J3Q3B PDOsINpk PKljJkaP PMd8qt_3 PN_-4zl1
    PO6IwtT7 POKndnuB PORQ6bC6 POyCKLuf PSkFuJMp PTzf9Q3O PWNTJ51T PYI_VsKT PYqPCG0p PZFqV1Ji PdO3AUm1
    PeHMD0Vh PhEIERod PiEhf8YK PnMoab9K Po87kKkU PprEU_0Z PqllfvVk PtE1ckib PtsFKuLx Pyf0VzeO Q-OjxKxH
    Q5PFNi_2 Q8ynYc-L Q9cVsCsS QDh3PHbz QEIhCXUA QEcc_S9F QFWcnTxk QLpj2Gwr QMIBURFh QP1NWEo0 QPDKRnSO
    QQLt6RHO QRcUbwRF QVZ1uksU QYMH8sKM QcXzj-sR Qe2GsnGF Qg1ExNcT Qtc5qyuE QygImiWO R1EK5_vO R1oV14gJ
    R5PQ4NGG R5Zwg_q6 R6VW4KJN R7UuyHY- RA7j0l0F RFEnVX08 RFLTHsro RH8d0XCA RKFtt-r_ RLIXUQDU RLJ37o9D
    RLPV2v30 RMy0IzLv RMzAfWzR RQtSgKFk RTpvYga5 RUaDUYNV R_DTpH72 RajyBsGG RdsEM28P Re-hWeYI ReQeD8a_
    Reki0fEX RhjENmOR Rl2a1dVS Rr7FbP7I RrKRDuc0 RsEJ6jAJ RuniJlv0 RwQT5G5d Rx2eTo3Z S6Png-XM SBki9Poj
    SD7YUqJX SEDNAMzY SEEJsXk6 SIV6WrU2 SLclM1hC SM2c8P0o SM7FdRA5 SbWPi3AA SboQKYnU SiX5badK SjUeZ5pm
    Smgbm_Lu SvQrGO10 SxZmUR_D T1TlPCkA T5i4tpc5 TBV7VKq1 TCDG9Qcs TEebRz-V TKFaT-jp TTSH-xz8 TWfXRLxW
    TaW4P17k TadPXQLn TcI5RNdq TcIfC_1v Tf2W_buO TgtU-A-O TkpE7Olg Tn6PKNnF TqbU4yXU U-ORIrtF U34zq1gG
    U6-4d3Bx U6mvatZ1 U8Ub_A9j U93FmKM1 UAs3tvJC UCLT-56s UFDYn3E8 UG7W7hg5 UGn5uhQ9 UJhN1Hzf UNWKBkfn
    UNbUyjra U_LN5Quu U__c0mAR UaMg4Vlf UcQBQSK4 UdtMuEFw UgoI3XYP Uh_Gqdjl UjD5kzrQ Un5MLXzI UoI9itvw
    UtHOZt0f UuWFCeWz UuuCRqFs UvrY66Ei UvsMAlE- UyWFg1bu V0aIkeO9 V4YJaIGe V9Dp1fsX VGG2b2T7 VHnfEHfK
    VMFFTZAt VOjpJg0E VUH2CF5z VbRtICce VcCJXp1W VdzbortR Vf38vgdt Vgxe5HGJ Via04Emy VicIalBw Vif8QRTV
    VjmWSWXJ VkgxKec5 Voy0PYCK VpOc0GL1 VrR1JO2y VrRodaUA VsRHHPAU Vw2tQ94a VzRrdP2g W-_-f4t1 W1zuFbch
    W3ELVnWX W4QpLIqO W5Bo_Lwx W88eSe2i W9Y8jCiW WCzHnNUq WHBi5kJV WHdNQyMk W_zT_ytU Wcndwn-R Wd3TOaAo
    WiHJkkC7 WnRksilT WoHaP-D7 WoTs6f8m WsqFWihR WuBgdQbo X00EpPmQ X3n5V8nd X48SeIzH X8T95yyu XCsIypnl
    XIBKL8_s XPoSjOoi XUew08xQ XVLUH67F XWd-_A3V XXUckHsb XcpwFO9K XdGvz3dj XiUgBLTl XlXz1uEy XnyVD651
    Xsg1sutT XuUTm3X8 Xv4eRiaE XvtAq3k7 XvuLBlgU XxLkaq4z XyrU_6ng Y-AkI7G3 Y2KfsC71 Y8F5gMKZ YAgUde4K
    YPWqSdex YPeYemP- YSg8uVrR YXEoViZF YbMKfczh YiU-cei6 Ynq8muw7 YzI28Q4G YzQJ1qdn Z1cw53II Z5CHBOSl
    Z7imcCsn Z7rgw2gT ZDIoDS5C ZHbS8VZm ZNLc5VZa ZPa9Q1qa ZY55wjo8 ZZVWaZ88 ZaV3SV_K Zgcm8tFD ZpmGNG1T
    ZymuhCuf _2Reo942 _2VhFpUp _2gFaV7C _3vN_VLU _GFPkFvc _Yxovj61 _kdAGILT _nCho33J _sgXZal- _stz7J5G
    a4q9hrmN a8vIsyYM a95PWAMt aGuQc1JL aQJPIemt aQP4B8E0 aSGKgsS8 aUJngVqU aWjr_eLb aWkjgNLi aZaLPJXG
    acRd_lXe acTF3Y7Q adt85lX0 akwBBPd7 aliZq2jP aoF6C0eT aoeqPWe- apO0mAJo asQtUBVT axajYSqu b-iihO33
    b289Qjb5 b5RM0Wo_ bBXlW_E_ bEc89im8 bGsi-WFa bHTlDizu bLum8CcN bOef4HYG bSzCThxg bVM8ITgM bZlNndKt
    bcLMFx0a bd7BofMT bdKAO1Ct bdauBmUQ bnT8kgim bq6E3Fvh bsV3mi17 bv6cX1GQ bxMeeuGu by2MjFv7 cDjRZ5yz
    cH43Xh6Z cHFHXYzI cHeMXh03 cJVCmlZ8 cOtsj_DP cQcUX09D cRvNhyCF cSJdO0Rp cTwA8o_u cXVk_Yqx caFc6INP
    caOEjJZo caypAZR8 ccJ9skyZ cemOgkIy chh9FMbv ciNFOSB2 cj8VfMxS cnpoF3uY csVKMxgg cuA8ulDw cva6ZusD
    cw0hqA5h cy452xwY cz2NeLo5 d-Iq1opN d2KJpaCR d2z3CWhf d54Ws_Tr dB6xwXXD dE-EI6-t dSRWX-hl dT1zcXTT
    dTBLZJdm dTEH-FCR dW5pfYyZ dYgfP3Vo dl5Sb_Ht dmsVISss doOJjIm7 du9FQGZF duKxLAmS dvrMBEwD dyzNyvbJ
    e53q8Q5o e6r-40No eDp8RLBH eIyuBIiT eJdn7SgN eQ1FXURN eTN5SjY6 eeIBM_i5 ego5aWl7 emnTsHNS er9dGnuk
    etR3F0JQ ev8pqmwO exWL2CMF eyTzlZem f1R6spXW f8Zne40m f9rJwGY8 fR8hcTh8 fRPATO12 fRojPIZb fS2OWUGe
    fSbWc9WA fZvvN8MW faETKar4 ffXtjytc fnAaUtlO fpFOHpiB fru4uiCS fwFgV7i4 g27v1zdh g5gDqEXF g87mtFNt
    gB8W-UGF gE-gGIKA gE0vqcgS gEqxki1K gK2nQtsM gM0EBqd4 gNTFE55T gV2veaYV gVLp61zc gX6gjVt- ga9i-6x4
    ggiJ1ULs gkxo86LP gmnt3726 grDdwKZ7 gu4Ponz_ gwwS2bNb gxDnkmrS gyDcsrHf h1E0WChb h2uMDWMl h447kHka
    h4Ym3r2z hBbCQuZg hFDRRtp7 hHRiFtUH hIfIDKfe hIzN7rF5 hLTKaJMn hSBnUri- hUFPWqap hWT3Lkct hZHp81Sh
    hdTvuplQ hn_xK29g hqkfOOBK hryXosM7 hwGNLOBq hwabZb4K hyw9V35L hz-wiUWn i2gldsgH i3p3-0vD i6JlG3dA
    i7j7H0Go i7qpJNND iCykFPkI iKFqx47J iOSwKgv6 iPXMaReD iXANUNm5 iaHixsbW iltQwYIf im7AMAO7 imuMgdhr
    inwMgbw6 ioDTuH6t iqdCUUqT irKxC3yb irXnk0Q1 itNCpNXm ixpRAj8I izcrwdww izfwliYK j-egYc8Z j2i4Iaqz
    j669_HGk jAMMBs3r jBJfbUMQ jLpXYELl jNGT8Sxz jRbSwTS6 jSL8C6Le jSZ8tp_d jVEjwLGh jX-ZtMlf jdxGDMKf
    jf7WvB-w jftDAaC5 ji21CT-c jjQH8BQb jmfycaYw jnoZgyXq jrmSKKRZ jsj4bZQF jwUD4YZ3 jzjc1N_D k2646AVa
    k3duPqZZ kA9dvl-e kDLX0NPm kGjLQD6J kLVBKFza kMAcXUWB kMOPUsox kOC7inWR kQyvmfo9 kVuAkRLn kWAEKNwt
    kWMXNqBR kXFDCbmR kZ1lp_Us kg_jAIZZ kpmK0TtE kqaxHOCn kwi2xcyl kxWejP6R kxqlcs9D kyJl1Ktb ky_W3Rz7
    kyqyOniF kz6yAHhS l0yaFBXL lJ2txDsD lJaQgJUb lJcjRTSG lN_VOwXb lUXY4V5V ldt1oUqk lqYMpYPR lwOTXasB
    m05YKRIe m16ml2Gy m2u0-QYv m6_qgAbI m8hc6Vqa mFvxKtUl mFwgqRv1 mGLfDXSs mGSQ5iNY mMHoHsA9 mPYNvWlV
    mVvNw62s mbf-VUOr mdfj4xTn mghW7jr2 mhSpe4gB mli1L7nI mm1dnid9 mm5zm3kk mm_8LIF4 moZTQW-p mpmGpM_T
    mqUAbhYF mtL-_U8c mvJX1UEF n1BOPbdd n6wQdSQd n7AGBWwz n7JzL6kr n9Pe9Kh6 nCXZulo2 nLV1K8Wj nLuEMnVm
    nO7vpjo1 nQLOdatr naSLnyPg nc1LhB5u nd8qYBOU nk0lgYwe nl0ghQZN nlnVR23A nnX9Mp2Y nqFIpY0z nu5-SBcN
    nwMK-uIp o-pp3NE3 o2NkyzNW o4f1rvEU oDAPH2aR oGS1AuYd oNZUsn93 oNlg2idt oTGvIPuh oTKY-rNI oUAjitjy
    oUw0SNRS oZInGYGB o_m4wPMG o_rP7EiS odKFsWvg oer2MMgE ofYB5Fla ofi64C8h ooLei2pg ovh_OOOm oyLckDzA
    oyXXaBNF pCfWeVKQ pEXyBcaC pGfFMR2r pJcU4XhH pKMbgsYC pLCnVuQJ pPiMO9fw pYRoE-dN pYYPcE-X pZ6ZOxK4
    pbs5ADjp pd7nllqh phpDvsst ps-_RYiW puDfb7E- pxlndTPf q0FAeTW- q0VJsLNy qA0ALxmz qB0O3GLc qBAG-EHX
    qBwrS6w9 qDyQqOZ3 qIPZmdW9 qIRFmqMd qIvv0g43 qKIpqHN7 qQLcwTIN qTW8J55J q_4IHZku qgpdD123 qj2djtBM
    qnt_jJZ4 qzbzwHrx qzj2Lwn2 r0MX9nZ9 r1RQ1z0W r3l31Cdy r5VKNklz r8boq9rY rAuF95-R rIYnzpQn rWiv30uy
    rX-3QnXY rXdOeGyB rZv0-4Y_ raVOxT4U rcIF_pHL rdvuWWfA rfJ9idxT rgD5XFdx rlWTRKzv rmARjrnC s1n0MZq2
    s6HAjEnU s7SgOBOA sC5frmie sDDvAmo_ sEfeJpJc sF6xktf6 sGhpM14J sJSWRnpb sM67ySIQ sNldqS8l sQh46anK
    sZbGwe3K sZeYuO0O sZqrMqj4 s_pd3mum sazZWXYq sbEkVjPS scAa_rks seLVtXUz shP13jTa shqF4p7c sjMfdFan
    slkynVY_ sqgbBgWm stezS1jM stvB-q1L sxCo-ItG t74mT9VC tHDbitf8 tHT1IOga tLjzTN_n tNLJYF9g tNszVgv4
    tZJRT5h1 t_edfQQt tdEu-Ioh tlvd5tZG tmDTFkQr tpuIeK2T treBnfPu tusxREFD tw7J3n4e txfTk8m1 tzOyfE2o
    tzR3CQGz uD-ZxQIg uEu-rfAl uIlWLqoa uKu0Feh- uLM660sc uLcHDO6n uV1P9uOO uXiQHHuk uYDn9o9C u_scW2oc
    ugJzalX1 uh7muITI uiFf5pSc uk0kopqO ul98fxtG ulQXbMNA ullmC30Q um4UaErC unCtQK6w uoVx-KOs urhPQZoB
    uvYXKQ2i v-01HmPw v4KwM9FC v65PLz_X v8v4i2To vAYCgFf9 vDXe-9yE vIJCK1fH vPTtzpBk vTGgw_Mm vV0bi3G2
    vVUzeuFA vYOAfhzG v_775v6a v_C0et6n vdcacFMI vdgcZqwQ vf-sje0M vlNdzo9_ vm4Ghp-S vq_JGSzi vs1ZFYAT
    vvcCqLCY vxEicsls w0PXZ2k4 w5LMPxpp wAOV01_2 wFgx5t5p wHwg_rOs wLy2cpX- wR-XlC9r wUQYT9-W wVMnoHr5
    wagTQK5n waxYnAdt wdLocmN1 wklrJRXx wlD498iI wvU0Nlsp x-coz2vJ x-l3fyzI x04qh5Fb x0OvPMQU x13ZeXz2
    x6w40f_s x80Qf-Nv xCfU0kVc xLQ5WuPY xNQagvuA xNm5vJ6d xT5NXLb5 xUAoPCtA x_bkbgBV xalDN4Ue xbw_THMn
    xkeJFzoH xlc9VGOr xqAzNFcA xrPFpqVz xr_D3eGM xt96EszX xwRoxJlM y3sVtM7H y6aIqXVg y7GCbllH yBAw6OaR
    yDPhl4yf yEZSmeZ9 yGTjgTPw yIfgm9ha yN6221Eq yPHG3Mq- yUGxpFq7 yWp-6Vq1 yWzJHqtQ yh0lL5LB yhG7WqIj
    yh_bGp6i ylJLPQiK ylYv1TJW yoCu8CNd yomVOLES yrwkqz8D yuyZ4i7b z0aTagFi z5ScFJ5u z9zV1yfA zDk1SPG_
    zHfrgWbA zL4B537q zNMMF08_ zNgnNI11 zRZiOoRc zX2dn1tq zbLIRW8T zbUGS_KK zeRp58Md zjo5QaOG zod2iYz7
    zrPTrd5E ztxpj2rh zxIGL6vP
  `
    .trim()
    .split(/\s+/),
);
