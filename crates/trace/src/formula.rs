//! The arrays of a trace: in which order they are computed, by which formula and from what.

/// What an array is and what it depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Formula {
    /// Earlier arrays have smaller ones.
    pub(crate) order: Order,
    /// What the array is.
    pub(crate) what: What,
    /// How it is computed.
    pub(crate) text: String,
    /// The arrays that it is computed from.
    pub(crate) from: Vec<String>,
}

/// Group, step, phase of the step, layer in the order of the pass, and place in the layer.
pub(crate) type Order = (u8, usize, u8, usize, u8);

/// Arrays for which a difference has a meaning of its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// Weights before the first step, which each program draws for itself.
    Initial,
    /// Numbers of images.
    Indices,
    /// Normalised pixels.
    Pixels,
    /// Derivatives at pre-activations, which some divide by the batch size.
    Delta,
    /// The sum of past gradients, which some multiply by the learning rate.
    Velocity,
    /// Weights after a step, and the name of those before it.
    Updated(String),
    /// Anything else.
    Plain,
}

/// The formula of an array, for a network of this many layers; none for a name that no trace has.
pub(crate) fn formula(name: &str, n_layers: usize) -> Option<Formula> {
    let (group, rest) = name.split_once('/')?;
    let fixed = |order: u8, what, text: &str, from: &[&str]| Formula {
        order: (order, 0, 0, 0, 0),
        what,
        text: text.to_owned(),
        from: from.iter().map(|&name| name.to_owned()).collect(),
    };
    let normalization = ["normalization/mean", "normalization/std"];
    match (group, rest) {
        ("settings", _) => Some(fixed(0, What::Plain, "a setting of the experiment", &[])),
        ("normalization", "mean" | "std") => {
            let text = "over all pixels of the training images that the experiment uses, one number for all of them";
            Some(fixed(1, What::Plain, text, &[]))
        }
        ("initial", rest) => layer(rest).map(|(layer, what)| Formula {
            order: (2, 0, 0, layer, u8::from(what == "bias")),
            ..fixed(2, What::Initial, "drawn as `weight_init` says; start from the trace's", &[])
        }),
        ("validation", "inputs") => {
            let text =
                "(pixels - mean) / std, of the first validation images, with mean and std of the training images";
            Some(fixed(3, What::Pixels, text, &normalization))
        }
        ("early_stopping", "stops_after") => {
            let text = "the number of the first validation (from 0) at which the `patience` latest ones brought no new lowest loss";
            Some(fixed(5, What::Plain, text, &["early_stopping/losses", "early_stopping/patience"]))
        }
        ("early_stopping", _) => Some(fixed(5, What::Plain, "given", &[])),
        (group, rest) => {
            let step = group.strip_prefix("step_")?.parse().ok()?;
            Step { step, n_layers }.formula(rest)
        }
    }
}

/// The number of a layer, and what of it: `layer_2/weight`.
fn layer(rest: &str) -> Option<(usize, &str)> {
    let (layer, what) = rest.strip_prefix("layer_")?.split_once('/')?;
    Some((layer.parse().ok()?, what))
}

struct Step {
    step: usize,
    n_layers: usize,
}

impl Step {
    /// The name of an array of this step.
    fn own(&self, what: &str) -> String {
        format!("step_{:04}/{what}", self.step)
    }

    /// The name of an array of the step before; of the weights before the first step it is the initial ones.
    fn before(&self, what: &str) -> String {
        match self.step {
            0 | 1 => format!("initial/{what}"),
            step => format!("step_{:04}/{what}", step - 1),
        }
    }

    fn formula(&self, rest: &str) -> Option<Formula> {
        let of = |phase: u8, what: What, text: &str, from: Vec<String>| Formula {
            order: (4, self.step, phase, 0, 0),
            what,
            text: text.to_owned(),
            from,
        };
        let all_weights = || (1..=self.n_layers).map(|layer| self.own(&format!("layer_{layer}/weight")));
        match rest {
            "indices" => {
                let text =
                    "the next numbers of a random order of all training images, a new one every epoch; use the trace's";
                Some(of(0, What::Indices, text, Vec::new()))
            }
            "inputs" => {
                let from = ["normalization/mean".to_owned(), "normalization/std".to_owned(), self.own("indices")];
                Some(of(1, What::Pixels, "(pixels - mean) / std, of the training images `indices`", from.into()))
            }
            "targets" => {
                Some(of(2, What::Plain, "the labels of the training images `indices`", vec![self.own("indices")]))
            }
            "loss" => {
                let from = vec![self.own(&format!("layer_{}/activation", self.n_layers)), self.own("targets")];
                Some(of(4, What::Plain, "the mean over the batch of -log(activation[target])", from))
            }
            "validation_loss" | "validation_accuracy" => {
                let text = match rest {
                    "validation_loss" => "the mean over all validation images of -log(activation[target])",
                    _ => "the share of the validation images whose largest activation is that of the target",
                };
                let weights = all_weights().map(|name| if self.step == 0 { self.before(&name[10..]) } else { name });
                let from = ["validation/inputs".to_owned()].into_iter().chain(weights).collect();
                // After the next step's forward pass, whose arrays show more of a mistake than a mean does.
                Some(Formula { order: (4, self.step + 1, 4, 1, 0), ..of(4, What::Plain, text, from) })
            }
            rest => {
                let (layer, what) = layer(rest)?;
                self.of_layer(layer, what)
            }
        }
    }

    fn of_layer(&self, layer: usize, what: &str) -> Option<Formula> {
        let name = |layer: usize, what: &str| format!("layer_{layer}/{what}");
        let inputs = match layer {
            1 => self.own("inputs"),
            layer => self.own(&name(layer - 1, "activation")),
        };
        let is_last = layer == self.n_layers;
        let own = |what: &str| self.own(&name(layer, what));
        let before = |what: &str| self.before(&name(layer, what));
        let of = |phase: u8, place: u8, kind: What, text: &str, from: Vec<String>| {
            // The backward pass begins at the last layer.
            let at = if phase == 5 { self.n_layers.checked_sub(layer)? } else { layer };
            Some(Formula { order: (4, self.step, phase, at, place), what: kind, text: text.to_owned(), from })
        };
        match what {
            "pre_activation" => of(
                3,
                0,
                What::Plain,
                "inputs of the layer @ weight + bias",
                vec![inputs, before("weight"), before("bias")],
            ),
            "activation" => {
                let text =
                    if is_last { "softmax(pre_activation)" } else { "f(pre_activation), f as `activation` says" };
                of(3, 1, What::Plain, text, vec![own("pre_activation")])
            }
            "delta" if is_last => {
                of(5, 0, What::Delta, "activation - one_hot(targets)", vec![own("activation"), self.own("targets")])
            }
            "delta" => {
                let next = layer + 1;
                let text = "f'(pre_activation) * (delta of the next layer @ its weight before this step, transposed)";
                let from = [self.own(&name(next, "delta")), self.before(&name(next, "weight")), own("activation")];
                of(5, 0, What::Delta, text, from.into())
            }
            "gradient_weight" => {
                let text = "inputs of the layer, transposed, @ delta / batch size";
                of(5, 1, What::Plain, text, vec![inputs, own("delta")])
            }
            "gradient_bias" => of(5, 2, What::Plain, "the mean of delta over the batch", vec![own("delta")]),
            "weight" | "bias" => {
                let from = vec![before(what), own(&format!("velocity_{what}")), own(&format!("gradient_{what}"))];
                let text = "before - learning_rate * velocity (without momentum: * gradient)";
                of(7, u8::from(what == "bias"), What::Updated(before(what)), text, from)
            }
            state => {
                let (state, what) = state.rsplit_once('_').filter(|(_, what)| matches!(*what, "weight" | "bias"))?;
                let text = match state {
                    "velocity" => "gradient + momentum * velocity before, which is 0 before the first step",
                    _ => "as the optimizer says",
                };
                let kind = if state == "velocity" { What::Velocity } else { What::Plain };
                let mut from = vec![own(&format!("gradient_{what}"))];
                if self.step > 1 {
                    from.push(before(&format!("{state}_{what}")));
                }
                of(6, u8::from(what == "bias"), kind, text, from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_in_the_order_in_which_a_program_computes_them() {
        let names = [
            "normalization/mean",
            "initial/layer_1/weight",
            "initial/layer_1/bias",
            "initial/layer_2/weight",
            "validation/inputs",
            "step_0001/indices",
            "step_0001/inputs",
            "step_0001/layer_1/pre_activation",
            "step_0001/layer_1/activation",
            "step_0001/layer_2/pre_activation",
            "step_0001/loss",
            "step_0000/validation_loss",
            "step_0001/layer_2/delta",
            "step_0001/layer_2/gradient_weight",
            "step_0001/layer_1/delta",
            "step_0001/layer_1/gradient_bias",
            "step_0001/layer_1/velocity_weight",
            "step_0001/layer_2/velocity_weight",
            "step_0001/layer_1/weight",
            "step_0002/indices",
            "early_stopping/stops_after",
        ];
        let orders: Vec<Order> = names.iter().map(|name| formula(name, 2).expect(name).order).collect();
        assert!(orders.is_sorted(), "{orders:?}");
    }

    #[test]
    fn what_an_array_is_computed_from_comes_before_it() {
        let names = [
            "layer_1/delta",
            "layer_2/velocity_weight",
            "layer_2/weight",
            "layer_1/gradient_weight",
            "validation_loss",
        ];
        for name in names {
            let formula = formula(&format!("step_0002/{name}"), 2).expect(name);
            assert!(!formula.from.is_empty());
            for from in &formula.from {
                let earlier = super::formula(from, 2).unwrap_or_else(|| panic!("{name} comes from {from}"));
                assert!(earlier.order < formula.order, "{name} comes from {from}");
            }
        }
    }

    #[test]
    fn other_names_have_no_formula() {
        for name in
            ["w", "step_1", "step_x/loss", "step_0001/layer_x/weight", "step_0001/layer_1/speed", "step_0001/x_weight"]
        {
            assert_eq!(formula(name, 2), None, "{name}");
        }
    }
}
