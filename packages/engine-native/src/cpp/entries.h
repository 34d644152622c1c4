// JavaScript's calls of kernels: every argument is checked against the shape before a kernel sees
// it. Tensors are Float32Arrays, shapes Int32Arrays that JavaScript keeps; outputs are arguments and
// nothing is returned. The face that includes this has declared what `Arguments` are.
#pragma once

#include "dispatch.h"

namespace archer {
namespace {

/// The table that entries take their kernels from.
const Kernels* kernels = available_kernels()[0];

}  // namespace
}  // namespace archer

#include "image_entries.h"
#include "tensor_entries.h"
#include "layer_entries.h"
#include "recurrent_entries.h"

namespace archer {
namespace {

struct Entry {
  const char* name;
  int arguments;
  void (*run)(const Arguments&);
};

constexpr Entry kEntries[] = {
    {"conv", 4, conv2d},
    {"convInputGradient", 4, conv2d_input_gradient},
    {"convFilterGradient", 4, conv2d_filter_gradient},
    {"depthwise", 4, depthwise2d},
    {"depthwiseInputGradient", 4, depthwise2d_input_gradient},
    {"depthwiseFilterGradient", 4, depthwise2d_filter_gradient},
    {"convBatchNorm", 12, conv_batch_norm},
    {"convBatchNormGradient", 15, conv_batch_norm_gradient},
    {"batchNorm", 9, batch_norm},
    {"batchNormGradient", 10, batch_norm_gradient},
    {"batchNormGiven", 8, batch_norm_given},
    {"maxPool", 3, max_pool},
    {"maxPoolGradient", 4, max_pool_gradient},
    {"averagePool", 4, average_pool},
    {"averagePoolGradient", 4, average_pool_gradient},
    {"unary", 4, unary},
    {"binary", 5, binary},
    {"sumAll", 3, sum_all},
    {"sum", 6, sum},
    {"fill", 3, fill},
    {"copy", 3, copy},
    {"matmul", 4, matmul},
    {"crossEntropy", 6, cross_entropy},
    {"sgd", 11, sgd},
    {"separable", 13, separable},
    {"separableGradient", 23, separable_gradient},
    {"separableGiven", 12, separable_given},
    {"convBatchNormGiven", 11, conv_batch_norm_given},
    {"batchNormGivenAdd", 9, batch_norm_given_add},
    {"poolMoments", 6, pool_moments},
    {"updateMoments", 9, update_moments},
    {"mixture", 4, mixture},
    {"mixtureGradient", 6, mixture_gradient},
    {"adam", 15, adam},
    {"norms", 3, norms},
    {"transcendental", 4, transcendental},
    {"softmax", 4, softmax},
    {"extreme", 6, extreme},
    {"lstm", 9, lstm},
    {"lstmGradient", 15, lstm_gradient},
    {"highway", 11, highway},
    {"highwayGradient", 18, highway_gradient},
    {"highwayWindow", 8, highway_window},
    {"highwayWindowGradient", 12, highway_window_gradient},
    {"embedding", 4, embedding},
    {"embeddingGradient", 5, embedding_gradient},
    {"decodedCrossEntropy", 12, decoded_cross_entropy},
};

}  // namespace
}  // namespace archer
