// JavaScript's arguments as C++ values, every one checked: what is wrong throws in JavaScript, and
// no kernel ever sees a shape that does not fit its arrays.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <exception>
#include <string>

namespace archer {

/// A message for JavaScript. Thrown only between an entry and its `guarded`.
struct Refusal {
  std::string message;
};

[[noreturn]] inline void refuse(std::string message) { throw Refusal{std::move(message)}; }

/// Elements of the largest tensor.
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;

constexpr std::size_t kMostArguments = 24;

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info, std::size_t expected) : env_(env) {
    std::size_t given = kMostArguments;
    napi_get_cb_info(env, info, &given, values_, nullptr, nullptr);
    if (given != expected) {
      refuse("Expected " + std::to_string(expected) + " arguments, got " + std::to_string(given) + ".");
    }
  }

  double number(std::size_t i) const {
    double value;
    if (napi_get_value_double(env_, values_[i], &value) != napi_ok) refuse(name(i) + " is not a number.");
    return value;
  }

  bool flag(std::size_t i) const {
    bool value;
    if (napi_get_value_bool(env_, values_[i], &value) != napi_ok) refuse(name(i) + " is not a boolean.");
    return value;
  }

  std::int64_t integer(std::size_t i) const {
    const double value = number(i);
    if (!(value >= -2147483648.0 && value <= 2147483648.0) || value != static_cast<double>(static_cast<std::int64_t>(value))) {
      refuse(name(i) + " is not an integer of 32 bits.");
    }
    return static_cast<std::int64_t>(value);
  }

  /// A Float32Array with at least `size` values.
  float* floats(std::size_t i, std::int64_t size) const {
    return static_cast<float*>(array(i, napi_float32_array, size, "Float32Array"));
  }

  /// The same, or null where JavaScript gives null.
  float* floats_or_null(std::size_t i, std::int64_t size) const {
    return is_null(i) ? nullptr : floats(i, size);
  }

  const std::int32_t* integers(std::size_t i, std::int64_t size) const {
    return static_cast<const std::int32_t*>(array(i, napi_int32_array, size, "Int32Array"));
  }

  bool is_null(std::size_t i) const {
    napi_valuetype type;
    napi_typeof(env_, values_[i], &type);
    return type == napi_null || type == napi_undefined;
  }

  /// Elements of an array of tensors; 0 for what is none.
  int list_length(std::size_t i) const {
    std::uint32_t count = 0;
    const bool ok = napi_get_array_length(env_, values_[i], &count) == napi_ok;
    return ok && count <= 0x7fffffff ? static_cast<int>(count) : 0;
  }

  /// The element of an array of tensors, a Float32Array with at least `size` values.
  const float* floats_in_list(std::size_t i, int element, std::int64_t size) const {
    napi_value input;
    napi_typedarray_type type;
    std::size_t length = 0;
    void* data = nullptr;
    bool typed = false;
    napi_get_element(env_, values_[i], static_cast<std::uint32_t>(element), &input);
    napi_is_typedarray(env_, input, &typed);
    if (!typed || napi_get_typedarray_info(env_, input, &type, &length, &data, nullptr, nullptr) != napi_ok ||
        type != napi_float32_array || static_cast<std::int64_t>(length) < size) {
      refuse("An input is not a Float32Array of the size.");
    }
    return static_cast<const float*>(data);
  }

 private:
  static std::string name(std::size_t i) { return "Argument " + std::to_string(i + 1); }

  void* array(std::size_t i, napi_typedarray_type wanted, std::int64_t size, const char* type_name) const {
    napi_typedarray_type type;
    std::size_t length = 0;
    void* data = nullptr;
    bool typed = false;
    napi_is_typedarray(env_, values_[i], &typed);
    if (!typed || napi_get_typedarray_info(env_, values_[i], &type, &length, &data, nullptr, nullptr) != napi_ok || type != wanted) {
      refuse(name(i) + " is not a " + type_name + ".");
    }
    if (static_cast<std::int64_t>(length) < size) {
      refuse(name(i) + " has " + std::to_string(length) + " values; the shape needs " + std::to_string(size) + ".");
    }
    return data;
  }

  napi_env env_;
  napi_value values_[kMostArguments];
};

/// Runs an entry's body; a refusal becomes a JavaScript error.
template <class F>
napi_value guarded(napi_env env, F&& body) {
  try {
    return body();
  } catch (const Refusal& refusal) {
    napi_throw_error(env, "ARCHER_NATIVE", refusal.message.c_str());
  } catch (const std::exception& error) {
    napi_throw_error(env, "ARCHER_NATIVE", error.what());
  }
  return nullptr;
}

}  // namespace archer
