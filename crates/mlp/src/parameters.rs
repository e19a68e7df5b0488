//! The parameters of a Burn module by name: reading them as plain numbers, making them from those, visiting them.

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::Linear;
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Element, Tensor, TensorData};

use crate::{NamedTensor, Tensors};

/// Something to do with every parameter of a module.
pub(crate) trait Visit {
    /// Called with the parameter's name, `layers.0.weight`, in the order of the module.
    fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>);
}

/// Visits every parameter of a module.
pub(crate) fn visit(module: &impl Module, visitor: &mut impl Visit) {
    module.visit(&mut Walk { path: Vec::new(), visitor });
}

/// The gradients of every layer of a module: its weights' row by row, then its biases'.
///
/// # Panics
/// If a parameter has none.
pub(crate) fn gradients(module: &impl Module, gradients: &GradientsParams) -> Vec<Vec<f64>> {
    struct Read<'a>(&'a GradientsParams, Vec<(String, Vec<f64>)>);
    impl Visit for Read<'_> {
        fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
            let gradient = self.0.get::<D>(parameter.id).expect("a network that is trained has a gradient everywhere");
            self.1.push((name.to_owned(), numbers(gradient)));
        }
    }
    let mut read = Read(gradients, Vec::new());
    visit(module, &mut read);
    by_layer(&read.1)
}

/// These values, one list for every parameter in the order of the module, as its gradients.
pub(crate) fn as_gradients<T: Element>(module: &impl Module, values: Vec<Vec<T>>) -> GradientsParams {
    struct Register<T>(std::vec::IntoIter<Vec<T>>, GradientsParams);
    impl<T: Element> Visit for Register<T> {
        fn visit<const D: usize>(&mut self, _: &str, parameter: &Param<Tensor<D>>) {
            let (values, shape) = (self.0.next().expect("every parameter has a gradient"), parameter.val().dims());
            let device = parameter.val().device().inner();
            self.1
                .register(parameter.id, Tensor::<D>::from_data(TensorData::new(values, shape), (&device, T::dtype())));
        }
    }
    let mut register = Register(values.into_iter(), GradientsParams::new());
    visit(module, &mut register);
    register.1
}

/// The values of every layer, from those of its parameters by name: `layers.0` has `layers.0.weight` and `layers.0.bias`.
pub(crate) fn by_layer(parameters: &[(String, Vec<f64>)]) -> Vec<Vec<f64>> {
    let layer = |name: &str| name.rsplit_once('.').map(|(layer, _)| layer.to_owned());
    let layers = parameters.chunk_by(|(name, _), (next, _)| layer(name) == layer(next));
    layers.map(|layer| layer.iter().flat_map(|(_, values)| values).copied().collect()).collect()
}

/// Every parameter of a module as plain numbers.
pub(crate) fn read(module: &impl Module) -> Tensors {
    struct Read(Tensors);
    impl Visit for Read {
        fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
            let tensor = parameter.val();
            let (name, shape) = (name.to_owned(), tensor.dims().to_vec());
            self.0.0.push(NamedTensor { name, shape, values: numbers(tensor) });
        }
    }
    let mut read = Read(Tensors::default());
    visit(module, &mut read);
    read.0
}

/// The device of a module.
pub(crate) fn device(module: &impl Module) -> Device {
    module.devices().pop().expect("a network has parameters")
}

/// The values of a tensor, row-major.
pub(crate) fn numbers<T: Element, const D: usize>(tensor: Tensor<D>) -> Vec<T> {
    tensor.into_data().convert::<T>().try_into_vec().expect("a float tensor reads as any float")
}

/// A dense layer of these weights; it has a bias if they have one.
///
/// # Panics
/// If the weights lack the layer, or a shape does not fit its values.
pub(crate) fn linear(weights: &Tensors, layer: &str, device: &Device, dtype: DType) -> Linear {
    let weight = optional(weights, &format!("{layer}.weight"), device, dtype);
    Linear {
        weight: weight.expect("a network is made from weights that its configuration lists"),
        bias: optional(weights, &format!("{layer}.bias"), device, dtype),
    }
}

/// A parameter of these weights; none if they lack it.
pub(crate) fn optional<const D: usize>(
    weights: &Tensors,
    name: &str,
    device: &Device,
    dtype: DType,
) -> Option<Param<Tensor<D>>> {
    let NamedTensor { shape, values, .. } = weights.get(name)?;
    let data = TensorData::new(values.clone(), shape.clone());
    Some(Param::from_tensor(Tensor::from_data(data, (device, dtype))))
}

/// Keeps track of the name of the parameter that is visited.
struct Walk<'a, V> {
    path: Vec<String>,
    visitor: &'a mut V,
}

impl<V: Visit> ModuleVisitor for Walk<'_, V> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.visitor.visit(&self.path.join("."), parameter);
    }

    fn enter_module(&mut self, name: &str, container: &str) {
        if !is_choice(container) {
            self.path.push(name.to_owned());
        }
    }

    fn exit_module(&mut self, _: &str, container: &str) {
        if !is_choice(container) {
            self.path.pop();
        }
    }
}

/// The kind of a network is not part of the names of its parameters.
fn is_choice(container: &str) -> bool {
    container.starts_with("Enum:")
}
