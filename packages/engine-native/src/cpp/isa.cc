// All kernels for one instruction set. Compiled once for each, with ARCHER_TABLE naming the table.
// With ARCHER_BF16 products are of bf16 numbers. Everything else is local to the file: code for a
// newer machine must not be linked into the others.
#include "adam.h"
#include "conv_norm.h"
#include "decoder.h"
#include "depthwise.h"
#include "elementwise.h"
#include "embedding.h"
#include "highway_window_gradient.h"
#include "inference.h"
#include "lstm.h"
#include "matmul.h"
#include "mixture.h"
#include "pooling.h"
#include "reductions.h"
#include "separable.h"
#include "training.h"
#include "transcendental.h"

namespace archer {

const Kernels ARCHER_TABLE = {
    ARCHER_NAME,
    sizeof(Saved),
    conv,
    conv_input_gradient,
    conv_filter_gradient,
    depthwise,
    depthwise_input_gradient,
    depthwise_filter_gradient,
    conv_norm,
    conv_norm_gradient,
    norm,
    norm_gradient,
    norm_given,
    max_pool,
    max_pool_gradient,
    average_pool,
    average_pool_gradient,
    unary,
    binary,
    sum_all,
    sum,
    fill,
    copy,
    matmul,
    cross_entropy,
    sgd,
    separable,
    separable_gradient,
    separable_given,
    conv_norm_given,
    norm_given_add,
    pool_moments,
    update_moments,
    mixture,
    mixture_gradient,
    adam,
    norms,
    transcendental,
    softmax,
    extreme,
    lstm,
    lstm_gradient,
    highway,
    highway_gradient,
    highway_window,
    highway_window_gradient,
    embedding,
    embedding_gradient,
    decoded_cross_entropy,
};

}  // namespace archer
