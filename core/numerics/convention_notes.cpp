// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/convention_notes.h"

namespace mantissa::numerics::notes {

const std::string_view kMicroxcaling =
    R"(Emulates the OCP MX formats, but rounds ties away from zero unless told otherwise;
the specification rounds them to even. MX training is reported second-hand to have used
ties away, and inference ties to even.
The scale is 2^(floor(log2 max) - emax): emax is the exponent of the element's largest
number. A block maximum between that number and the next power of two saturates.
An all-zero block counts as 2^-126; a scale above 2^127, or what fewer scale bits can say,
is NaN and takes the block along.
Integer elements are symmetric: the most negative code is never used.
Block size is an argument (32 in the formats' names) and runs along the reduction axis,
so a weight and its transpose are quantised apart.
Plain minifloats are rounded in the same way, each element for itself.
Trap: its Python path takes log2 in binary32, one too high a few ulps below a power of
two. Exact arithmetic is the norm here.)";

const std::string_view kOcp =
    R"(Blocks of 32 along the reduction axis, one E8M0 scale each: a power of two, no sign.
Bit counts include the sign: FP4 is sign, two exponent bits and one fraction bit.
The scale is 2^(floor(log2 max) - emax), so the largest element may saturate: values
in (6, 8) times the scale become 6 under MXFP4. Some hardware takes twice the scale.
FP6, FP4 and INT8 round ties to even and saturate; subnormals are kept.
INT8 may leave -128 unused; it is left unused here.
A NaN scale makes the whole block NaN; there is no zero scale.
Only six elements exist: E5M2, E4M3, E3M2, E2M3, E2M1 and INT8. For others, and for
other block sizes, take "microxcaling".
Trap: the MX9, MX6 and MX4 of 2023 are other formats ("micro-exponents").)";

const std::string_view kHbfp =
    R"(The shared exponent is ceil(log2(max + 1e-8)) and significands are 0.m without a leading
one. The step equals that of MSFP with as many stored bits; the rounding differs.
A maximum of exactly 2^k (from 2^-2 up) clips to 2^k less one step, because 1e-8 is lost
in binary32; smaller powers of two, and double precision, take the next exponent.
Epsilon also floors the exponent at -26: blocks far below 1e-8 become zero. Without it
the emulator turns an all-zero block into NaN: eps=0 with arithmetic=released does so too.
Square tiles of the matrix view, 24 x 24 unless you choose another edge: rows and
columns share alike, so a transpose needs no second copy.
Everything is rounded stochastically: uniform noise of half a step, then nearest.
Names count the sign (HBFP8: seven bits of magnitude); the emulator's argument does not.
The exponent has 10 bits as in the authors' self-test and area model; their FPGA
prototype is reported second-hand to have used 8 for activations.
Weights are kept at 16 bits beside the narrow copy that the matrix products read.)";

const std::string_view kAccuracyBoosters =
    R"(HBFP's arithmetic in one-dimensional blocks along the last dimension, instead of tiles:
ceil(log2(max + 1e-8)), significand 0.m, uniform noise then nearest, clamp.
HBFP4 for almost everything; HBFP6 in the last epoch and in the first and last layers.
The code's mantissa argument (3 and 5) leaves the sign out, the names count it.
Blocks of 32 in the CIFAR configuration, of 8 in the ImageNet script; yours is kept.
The exponent's width is not stated in the code; 8 bits are reported second-hand.
Weights are kept with 15 bits and sign for the update.
Trap: blocks in one dimension follow the axis, so a transpose is quantised anew, which
HBFP's tiles avoid.
Like HBFP, a maximum of exactly 2^k (from 2^-2 up) clips by one step.)";

const std::string_view kFlexBlock =
    R"(The block takes its largest exponent; elements are aligned to it by dropping bits, so
rounding is toward zero and nothing ever overflows.
The 4, 8 or 16 bits of FB12, FB16 and FB24 include an explicit leading one. In the
simulator the sign comes on top; whether the hardware counts it inside is not known.
Blocks are boxes over batch, channel, height, width: 1x24x3x3, 1x12x3x3 and 1x6x3x3 for
4, 8 and 16 bits in the final version. With other widths your box stays.
An earlier version had smaller activation boxes (1x4x3x3) and differed by tensor.
The exponent has 8 bits, as binary32's field.
Modes differ by layer and by pass, operands in pairs; the first convolution, shortcuts,
the last layer, batch normalisation and the optimiser stay in FP32.
Trap: what lies m bits below the maximum becomes zero; the share of such elements
drives its precision control (few of them: fewer bits).)";

const std::string_view kLightNorm =
    R"(Final version: outliers are spared. Elements at the block's largest exponent stay as they
are; the others are aligned to the second-largest exponent by dropping bits. Two
elements at the top count as both, and then both are spared.
Before grouping, each element is cut to a minifloat: 1-5-4 forward, 1-6-3 backward,
without subnormals, clamped to the largest number. No rounding but toward zero.
Significand bits include the explicit leading one: one more than the minifloat's fraction
(5 and 4). Your width is kept, and the minifloat's fraction follows from it.
Groups run along the channels, 4 to 64 of them; yours is kept.
It is meant for batch normalisation's input and output; convolutions ran in FP32.
How hardware stores a spared element is not published: the bits an element shown
here assume a flag and room for its whole significand.)";

const std::string_view kLightNormMax =
    R"(Earlier version: ordinary block floating point. All elements are aligned to the block's
largest exponent by dropping bits; one outlier therefore wipes out its group.
Before grouping, each element is cut to a minifloat: 1-5-4 forward, 1-6-3 backward,
without subnormals, clamped to the largest number. No rounding but toward zero.
Significand bits include the explicit leading one: one more than the minifloat's fraction
(5 and 4), with the sign on top. Your width is kept, the fraction follows from it.
Groups run along the channels, 4 to 64 of them; yours is kept.
The exponent that a block shares is as wide as the minifloat's: 5 or 6 bits.
Compare with "lightnorm", the final version, which spares the outlier.)";

const std::string_view kMsfp =
    R"(A bounding box of 16 elements takes its largest exponent; significands are shifted right
and cut, so rounding is toward zero and small elements lose most.
No hidden one: the bits of magnitude include the leading one.
Names count everything but the sharing: MSFP12 is 8 exponent bits, a sign and 3 bits of
magnitude, 4.5 bits an element. MSFP11 to MSFP16 were published.
The exponent has 8 bits.
Against HBFP with as many stored bits the step is the same: both have the grid of
2^(E + 1 - m), but HBFP rounds and MSFP cuts, which biases toward zero.
Boxes up to 128 are reported second-hand as workable; the name stands for 16.
Meant for inference with one to ten epochs of fine-tuning, not for gradients.)";

const std::string_view kFast =
    R"(A group of 16 takes its largest exponent and significands are cut, as in MSFP. Only
gradients are rounded stochastically: noise of 8 random bits is added before the cut.
With 8 bits, what is below 1/256 of a step never rounds up.
Mantissas are 2 or 4 bits wide and processed in chunks of 2 bits. Each stored chunk has a
sign of its own: 3 stored bits for every 2 of magnitude.
Precision grows during training, from early to late layers and iterations, by comparing
2-bit with 4-bit copies of a tensor; that control is not part of the format.
The shared exponent has 4 bits here, reported second-hand and disputed between sources;
"exp=" sets another width.
Trap: 4 bits of exponent span only 2^16. Blocks outside it clamp or vanish where the
8 bits of MSFP would not.)";

const std::string_view kMicroExponents =
    R"(Two levels of sharing: 16 elements share an 8-bit exponent, every pair lowers it by one
where both are small. A pair far below the block's maximum keeps one bit more.
Bits of magnitude include the explicit leading one, the sign comes on top: MX9, MX6 and
MX4 have 7, 4 and 2 of them, and 9, 6 and 4 bits an element with all sharing counted.
The source read does not state the rounding: yours is kept.
Everything is reported second-hand.
Dot products add pair by pair with a shift of at most one bit, then block by block.
Trap: MX4, MX6 and MX9 of this paper are not OCP's MXFP4, MXFP6 and MXFP8, which came
later, have blocks of 32 and floating-point elements.)";

const std::string_view kQPyTorch =
    R"(Block floating point: one exponent for the whole tensor or for each index of one
dimension; there are no smaller blocks. A block of another shape becomes the whole tensor.
The word length counts the sign: wl = 8 leaves 7 bits of magnitude.
The block's largest exponent rules and ties round up, toward plus infinity, for
negative numbers too; other tools round away from zero or to even.
Fixed point <wl, fl>: wl - fl bits left of the point, the sign among them; nearest with
ties to even; symmetric and clamp are options and stay yours.
Traps: it adds half a step in binary32. In fixed point a number just above half a step
therefore becomes zero, and magnitudes of 2^22 steps or more round inexactly; in block
floating point numbers near 2^(E - 21) are rounded twice. Exact arithmetic is the norm
here; "qpytorch-code" repeats the flaws.)";

const std::string_view kQPyTorchCode =
    R"(The rules of "qpytorch", computed as its code for processors computes them, in binary32:
for results that must equal its own to the last bit. Nothing here is better for it.
Fixed point: a number is scaled by 2^fl, half a step is added, and taken away again before
the nearest whole step is taken. The one number just above half a step therefore becomes
zero; from 2^22 steps on the sum itself is rounded; and what is scaled beyond binary32
becomes Inf, or the end of the range where codes clamp.
Block floating point: 6 times the largest power of two is added to each number and taken
away at the end. The sum keeps 2^(E - 21), so that a number is rounded to it first, ties
to even, and then to its step: a number just beside a tie may go the wrong way.
Zero is +0 in both, whatever the sign of what became zero.
Of blocks whose maximum is subnormal, or so near 2^126 or above that a sum is Inf, the
code makes something else (their step, or everything, is lost); these stay exact here.
Roundings other than its two follow the same sums. The kernels are scalar, and slow.)";

const std::string_view kFp8Toolkit =
    R"(Elements stand alone: E5M2, E4M3 and E3M4, the sign counted, subnormals kept.
Only E5M2 has Inf; E4M3 and E3M4 give up one code for NaN and reach further for it.
Weights and activations round to nearest even; errors and weight gradients stochastically
with 8 random bits, as what remains below an FP16 word's upper byte allows.
Numbers that would round up to Inf saturate.
A scale per tensor belongs to it: loss scaling for gradients.
Master weights may be FP16 with stochastic rounding; the first convolution, its batch
normalisation and the last layer usually stay wider.
Traps: the toolkit goes by way of FP16, so it rounds twice (rare ties differ) and FP16's
subnormals round to even in stochastic mode too. Here a number is rounded once, and
stochastic rounding treats subnormals as the rest.)";

const std::string_view kGupta =
    R"(Fixed point <IL, FL> for everything: step 2^-FL, IL bits left of the point with the sign
among them, two's complement, saturation at both ends.
Stochastic rounding throughout: up with the probability of the remainder, so that the
mean is exact and small updates survive on average. That is the paper's finding;
its round-to-nearest takes ties down ("nearest_down").
A dot product accumulates exactly and is converted once at its end.
IL and FL are yours; 16 bits in all is the width reported.
Unlike block formats nothing adapts to the data: choose IL so that the largest value
fits, layer by layer.
The rules are reported second-hand; the paper was not read.)";

const std::string_view kBanner =
    R"(Unsigned integers between the minimum and the maximum of the data: scale =
(max - min) / (2^b - 1), no symmetric range, no exact zero.
Weights take their true extremes; activations a running mean of each sample's extremes.
Here the extremes are those of the block, the whole tensor or one slice of it.
Activations and weights round to nearest, gradients stochastically by uniform noise.
Two copies of each gradient: 8 bits propagate to the layer before, 16 bits (in the code
none at all) feed the weight gradient.
Batch normalisation by range instead of variance belongs to it and is a layer, not a
format.
Traps: zero is not a code, so ReLU's zeros move by up to half a step, and one outlier
stretches the step of all elements. The tie rule is not stated; even is taken.)";

const std::string_view kQnn =
    R"(Binary: the sign of each weight or activation, nothing else; zero counts as plus here,
though the released code's sign(0) is 0. A scale, where allowed, is the largest
magnitude ("scale=max"); XNOR-Net's mean magnitude is another system's.
Stochastic rounding of binary values takes +1 with probability (x + 1) / 2, clipped.
The released default is the sign itself, and it is set here.
Fixed point of b bits after Moons et al.: round(x 2^(b-1)) clipped to b bits, which is
one bit left of the point: values from -1 to just below 1. Your total width is kept.
Gradients pass straight through the quantiser where |x| <= 1; masters stay in [-1, 1].
The abstract has parameter gradients of 6 bits; how they are rounded was not read.
Trap: the code's stochastic b-bit quantiser adds its noise after rounding, an oversight
that is not imitated.)";

const std::string_view kSmartDeal =
    R"(A weight matrix becomes a small basis times a large, sparse coefficient matrix whose
non-zero entries are powers of two: multiplications turn into shifts.
Coefficients have 4 bits, basis and activations 8 (reported second-hand).
Here only the coefficients' rule is applied, to the tensor as it is: nearest power of
two. The decomposition, the sparsity and the retraining around it are not.
How the 4-bit code is laid out is not published. In ours one code is zero and the others
are plus or minus neighbouring powers below the largest; width, largest exponent, the
boundary between powers and the block stay yours.
Trap: relative errors reach a third just below 1.5 times a power; more bits extend the
range downwards and do not help near the top.)";

const std::string_view kEie =
    R"(Weights are indices into a codebook of 16 values that the tensor's own weights chose by
k-means; 4 bits an index.
Each non-zero entry also stores a 4-bit count of the zeros before it, with a padding zero
after 15; that sparse storage is not counted in the bits an element shown here.
Codebook entries are 16-bit fixed point in the hardware; how they are rounded is not
stated. Here they stay binary32.
The paper's precision study: 16-bit fixed point costs half a point of accuracy, 8-bit
fixed point fails (53 % against 80.3 %).
Made for inference: the codebook is found once, then fine-tuned. Finding it anew in each
training step, as the emulation does, is an experiment and not the paper's.
Rounding is that to the nearest entry unless you choose another.)";

const std::string_view kComet =
    R"(Compresses the activations kept for the backward pass, with a guaranteed bound on each
element's error, not a width: q = round(x / 2e), value 2 e q.
The bound adapts during training; that control is not part of the format, and the bound
is yours, absolute or relative to the range.
Compressors of this kind (SZ) predict each value from its neighbours and code what is
left without further loss. Neither is modelled: the bits an element here are those of the
uncompressed code, and the published memory savings do not follow from them.
The equation is the textbook's; the paper was not read, nor how it adapts the bound.
Errors are close to uniform in -e to e: variance e^2/3.
Use it for the stash; weights and gradients are not compressed by it.)";

}  // namespace mantissa::numerics::notes
